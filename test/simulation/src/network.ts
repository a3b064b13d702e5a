import { Unavailable } from '@daybook/core';
import type { Fate, Faults } from './faults.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';

/** What a request may ask for. Changes are what a crash must not tear apart. */
export interface Request<Answer> {
  readonly server: 'event store' | 'read store' | 'broker';
  readonly label: string;
  readonly changes: boolean;
  /** What the server does, at once and undivided. */
  readonly effect: () => Answer;
}

/** Chooses a crash by itself, in place of the faults. Asked at each request that changes something. */
export type CrashChooser = (process: Process, label: string) => Fate;

/** Carries requests from processes to servers. Each is one step, or two when the answer is slow. */
export class Network {
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #choose: CrashChooser | undefined;
  /** Requests under way that will change something. */
  changing = 0;
  /** Until when a server answers nobody, milliseconds of virtual time. */
  readonly outages = new Map<string, number>();
  /** Ends a process and has it started again. */
  crash: (process: Process) => void = (process) => process.end();

  constructor(scheduler: Scheduler, faults: Faults, choose?: CrashChooser) {
    this.#scheduler = scheduler;
    this.#faults = faults;
    this.#choose = choose;
  }

  /** Never resolves once the process has crashed. @throws Unavailable, and what the effect throws */
  call<Answer>(process: Process, request: Request<Answer>): Promise<Answer> {
    if (request.changes) this.changing++;
    return new Promise((resolve, reject) => {
      this.#scheduler.soon(() => {
        if (request.changes) this.changing--;
        this.#arrive(process, request, resolve, reject);
      });
    });
  }

  #arrive<Answer>(
    process: Process,
    request: Request<Answer>,
    resolve: (answer: Answer) => void,
    reject: (error: unknown) => void,
  ): void {
    const { server, label, effect } = request;
    if (!process.alive) {
      // Sent before the crash: it may have left the machine, or not.
      if (this.#faults.detail.chance(0.5)) this.#note(process, request, 'took effect after the crash', effect);
      return;
    }
    if ((this.outages.get(server) ?? 0) > this.#scheduler.now && !this.#faults.healed) {
      this.#scheduler.note(`${process.name} ${label}: ${server} is away`);
      reject(new Unavailable(`the ${server}`, 'outage'));
      return;
    }
    const lost = () => reject(new Unavailable(`the ${server}`, 'no answer'));
    switch (this.#fate(process, request)) {
      case 'answered':
        this.#note(process, request, undefined, effect, resolve, reject);
        break;
      case 'slow answer': {
        const pause = this.#faults.detail.below(200);
        const answer = <Value>(settle: (value: Value) => void) => {
          return (value: Value) => void this.#scheduler.later(pause, () => process.alive && settle(value));
        };
        this.#note(process, request, 'answer on its way', effect, answer(resolve), answer(reject));
        break;
      }
      case 'request lost':
        this.#scheduler.note(`${process.name} ${label}: request lost`);
        lost();
        break;
      case 'answer lost':
        this.#note(process, request, 'answer lost', effect);
        lost();
        break;
      case 'effect delayed':
        this.#scheduler.later(this.#faults.detail.below(150), () => this.#note(process, request, 'late', effect));
        lost();
        break;
      case 'crash before':
        this.#scheduler.note(`${process.name} ${label}: crash before`);
        this.crash(process);
        break;
      case 'crash after':
        this.#note(process, request, 'crash after', effect);
        this.crash(process);
        break;
    }
  }

  #fate<Answer>(process: Process, { changes, label }: Request<Answer>): Fate {
    if (this.#choose !== undefined) return changes ? this.#choose(process, label) : 'answered';
    const fate = this.#faults.fate();
    if (process.mortal) return fate;
    if (fate === 'crash before') return 'request lost';
    return fate === 'crash after' ? 'answer lost' : fate;
  }

  #note<Answer>(
    process: Process,
    { label }: Request<Answer>,
    remark: string | undefined,
    effect: () => Answer,
    resolve?: (answer: Answer) => void,
    reject?: (error: unknown) => void,
  ): void {
    const line = remark === undefined ? `${process.name} ${label}` : `${process.name} ${label}: ${remark}`;
    this.#scheduler.note(line);
    let answer: Answer;
    try {
      answer = effect();
    } catch (error) {
      if (error instanceof Error && error.name === 'Violation') throw error;
      reject?.(error);
      return;
    }
    resolve?.(answer);
  }
}
