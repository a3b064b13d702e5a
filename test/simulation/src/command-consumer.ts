import type { CommandHandler, Consumer, Handled } from '@daybook/core';
import type { Channel, Message } from './broker.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** Until a closed channel is opened again, milliseconds. */
const RECONNECT_MS = 20;

/** A process's consumer of commands: handle, park if need be, acknowledge, reply. */
export class CommandConsumer implements Consumer {
  readonly #world: World;
  readonly #process: Process;
  readonly #handle: CommandHandler;
  #channel: Channel;
  #stopping = false;
  #inHand = 0;
  #whenIdle = () => {};

  constructor(world: World, process: Process, handle: CommandHandler) {
    this.#world = world;
    this.#process = process;
    this.#handle = handle;
    this.#channel = this.#connect();
    world.commandConsumers.set(process, this);
    process.onEnd.push(() => {
      world.commandConsumers.delete(process);
      world.broker.close(this.#channel);
    });
  }

  /** Whether every command that it took is settled. */
  get idle(): boolean {
    return this.#inHand === 0;
  }

  /** The connection is gone: what is in hand is delivered again, to somebody else or over the next connection. */
  drop(channel: Channel = this.#channel): void {
    if (!channel.open) return;
    this.#world.broker.close(channel);
    this.#world.scheduler.later(RECONNECT_MS, () => {
      if (this.#process.alive && !this.#stopping) this.#channel = this.#connect();
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#world.broker.cancel(this.#channel);
    if (this.#inHand > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    this.#world.broker.close(this.#channel);
  }

  #connect(): Channel {
    const { prefetch, broker } = this.#world;
    const channel: Channel = {
      process: this.#process,
      prefetch,
      unacked: new Set(),
      take: (message) => void this.#take(channel, message),
      open: true,
    };
    broker.open(channel);
    return channel;
  }

  async #take(channel: Channel, message: Message): Promise<void> {
    this.#inHand++;
    try {
      await this.#parkAckAndReply(channel, message, await this.#handle(message.received));
    } catch {
      this.drop(channel);
    } finally {
      this.#inHand--;
      if (this.#inHand === 0) this.#whenIdle();
    }
  }

  /** The parked copy is safe before the acknowledgement, and the acknowledgement before the reply. @throws Unavailable */
  async #parkAckAndReply(channel: Channel, message: Message, { reply, park }: Handled): Promise<void> {
    const { broker, without } = this.#world;
    const setAside = () =>
      park === undefined ? undefined : this.#call('parks', message, () => broker.park(message, park));
    const ack = () => this.#call('acks', message, () => broker.ack(channel, message));
    const answer = () => this.#call(`replies ${reply.status} to`, message, () => broker.reply(channel, message, reply));
    if (without === 'park before ack') await inOrder(ack, setAside, answer);
    else if (without === 'ack then reply') await inOrder(setAside, answer, ack);
    else await inOrder(setAside, ack, answer);
  }

  #call(verb: string, { received, number }: Message, effect: () => void): Promise<void> {
    const label = `${verb} ${received.type} (${number})`;
    return this.#world.network.call(this.#process, { server: 'broker', label, changes: true, effect });
  }
}

async function inOrder(...works: readonly (() => Promise<void> | undefined)[]): Promise<void> {
  for (const work of works) await work();
}
