/**
 * Gathers requests while the last batch is under way, and hands them on together when it returns: one at a time
 * when there is little to do, many at once under load, and never a wait for company.
 */
export class Batches<Request> {
  readonly #work: (requests: Request[]) => Promise<void>;
  readonly #take: (waiting: Request[]) => Request[];
  #waiting: Request[] = [];
  #running = false;

  /**
   * @param work settles every request it is given; it does not throw
   * @param take removes the next batch from those waiting; at least one
   */
  constructor(work: (requests: Request[]) => Promise<void>, take: (waiting: Request[]) => Request[]) {
    this.#work = work;
    this.#take = take;
  }

  add(request: Request): void {
    this.#waiting.push(request);
    if (this.#running) return;
    this.#running = true;
    // After the current turn: what arrives in the same turn goes along.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#work(this.#take(this.#waiting));
    this.#running = false;
  }
}
