import { type CommandMessage, type Message, type Reply, Unavailable } from '@daybook/core';
import { loanApplications } from '@daybook/loans';
import { commandBusOf } from './command-bus.ts';
import { Process } from './process.ts';
import { readStoreOf } from './read-store.ts';
import type { World } from './world.ts';

/** A reply that has not come by then is asked for again, milliseconds. */
const PATIENCE_MS = 600;

/** Somebody who sends commands until they are answered, with the same id each time. */
export class Client {
  readonly #world: World;
  readonly #process: Process;
  readonly #bus: ReturnType<typeof commandBusOf>;
  readonly #rows: ReturnType<typeof readStoreOf>;
  #sent = 0;

  constructor(world: World, name: string) {
    this.#world = world;
    this.#process = new Process(name, world.scheduler, world.random.fork(), false);
    this.#bus = commandBusOf(world, this.#process);
    this.#rows = readStoreOf(world, this.#process);
  }

  /** A new command with an id of its own. */
  command(type: string, data: unknown): CommandMessage {
    const commandId = `${this.#process.name}/${++this.#sent}`;
    return {
      context: this.#world.context.name,
      command: { type, data } as Message,
      commandId,
      actor: this.#process.name,
    };
  }

  /** Sends a new command, and waits for its outcome for as long as it takes. */
  ask(type: string, data: unknown): Promise<Reply> {
    return this.send(this.command(type, data));
  }

  /** Sends the command, again and again if need be. @returns its outcome */
  async send(command: CommandMessage): Promise<Reply> {
    for (;;) {
      try {
        const reply = await this.#once(command);
        if (reply !== undefined) return reply;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        await this.pause(20);
      }
    }
  }

  /** Sends the command without waiting for its outcome, until the broker has it. */
  async tell(command: CommandMessage): Promise<void> {
    await this.#patiently(() => this.#bus.publish(command));
    this.#world.confirmed.add(command.commandId);
  }

  /** Waits until the loan's row says one of these. */
  async until(loan: string, statuses: readonly string[]): Promise<void> {
    for (let pause = 15; ; pause = Math.min(200, pause * 2)) {
      const found = await this.#patiently(() => this.#rows.get(loanApplications, loan));
      if (found !== undefined && statuses.includes(found.row.status as string)) return;
      await this.pause(pause);
    }
  }

  pause(ms: number): Promise<void> {
    return this.#process.clock.sleep(ms);
  }

  async #once(command: CommandMessage): Promise<Reply | undefined> {
    const { broker, network, scheduler, published, confirmed, replies } = this.#world;
    const { commandId } = command;
    let resolveReply: (reply: Reply | undefined) => void = () => {};
    const answered = new Promise<Reply | undefined>((resolve) => {
      resolveReply = resolve;
    });
    await network.call(this.#process, {
      server: 'broker',
      label: `asks ${command.command.type} ${commandId}`,
      changes: false,
      effect: () => {
        published.set(commandId, command);
        broker.enqueue(command, (reply) => {
          replies.push(reply);
          resolveReply(reply);
        });
      },
    });
    confirmed.add(commandId);
    const timer = scheduler.later(PATIENCE_MS, () => resolveReply(undefined));
    const reply = await answered;
    timer.state = 'over';
    return reply;
  }

  async #patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        await this.pause(20);
      }
    }
  }
}
