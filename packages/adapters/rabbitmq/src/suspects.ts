import { KeyedQueue, type Log, type ParkReason, Unavailable } from '@daybook/core';
import type { ConsumeMessage } from 'amqplib';
import { inTime } from './bounded.ts';
import type { Delivery } from './in-hand.ts';
import type { Outgoing } from './wire.ts';

/**
 * Deliveries after which a command is looked at closer. A lost connection counts as one, and RabbitMQ sets a command aside
 * after 20 of them, whether it was tried or not: so it is sent again before, and counted by Daybook itself.
 */
const SUSPECT_AFTER = 3;
/** So many command-services may end while they handle a command. */
const MAX_ENDED = 10;
/** How long one that was sent again is waited for: it may have gone to another command-service, milliseconds. */
const BACK_WITHIN_MS = 10_000;

/** The names of the command-services that have begun a suspect, with commas between; a suspect has it, though it be empty. */
export const BEGUN_BY = 'x-begun-by';

/** What suspects are handled with. */
export interface SuspectsOptions {
  /** This command-service's own name. */
  readonly me: string;
  /** Whether another command-service is there. */
  isAlive(member: string): boolean;
  /** The same command, with this list. */
  copy(message: ConsumeMessage, begunBy: string): Outgoing;
  /** Resolves when the broker holds it. @throws Unavailable; when the signal is aborted as well */
  publish(message: Outgoing, pointless: AbortSignal): Promise<void>;
  readonly log: Log;
}

/** Whether a command has come so often that it has to be sent again. */
export function cameTooOften({ properties }: ConsumeMessage): boolean {
  const count: unknown = properties.headers?.['x-delivery-count'];
  return typeof count === 'number' && count >= SUSPECT_AFTER;
}

/** Whether a command was sent again because it had come too often. */
export function isSuspect({ properties }: ConsumeMessage): boolean {
  return typeof properties.headers?.[BEGUN_BY] === 'string';
}

/**
 * Commands that have come again and again. One of them may be what ends the command-services; the others only happened to be
 * there. They are handled one at a time, and each is marked before it is begun: so it is told from the others.
 */
export class Suspects {
  readonly #options: SuspectsOptions;
  readonly #oneAtATime = new KeyedQueue();
  /** Marked, sent again and not back yet, by message id: told once it is back and handled. */
  readonly #awaited = new Map<unknown, () => void>();
  /** How often the channel was lost. */
  #losses = 0;

  constructor(options: SuspectsOptions) {
    this.#options = options;
  }

  /**
   * Handles a suspect that has this command-service's mark; sends another one again with it, when its turn has come.
   * @returns why it has to be parked, if it has to
   */
  async take(delivery: Delivery, handle: () => Promise<void>): Promise<ParkReason | undefined> {
    const { me, isAlive } = this.#options;
    const { headers, messageId } = delivery.message.properties;
    const begunBy = String(headers?.[BEGUN_BY]).split(',').filter(Boolean);
    if (begunBy.includes(me)) {
      await handle();
      this.#awaited.get(messageId)?.();
      return undefined;
    }
    const ended = begunBy.filter((member) => !isAlive(member));
    if (ended.length >= MAX_ENDED) {
      const message = `${ended.length} command-services ended while they handled it: their logs may say why; once that is mended, replay it`;
      return { code: 'ends_its_consumer', message, attempts: ended.length };
    }
    // Nobody waits for that: those that wait for their turn must not keep the one whose turn it is from being begun.
    const losses = this.#losses;
    void this.#oneAtATime.run('mark', async () => {
      if (losses === this.#losses) await this.#mark(delivery, [...ended, me]);
    });
    return undefined;
  }

  /** The channel is lost: those that wait for their turn are the broker's again. */
  dropWaiting(): void {
    this.#losses++;
    for (const end of this.#awaited.values()) end();
  }

  async #mark({ message, on }: Delivery, begunBy: readonly string[]): Promise<void> {
    const { copy, publish, log } = this.#options;
    const { messageId } = message.properties;
    const back = new Promise<void>((resolve) => this.#awaited.set(messageId, resolve));
    try {
      await publish(copy(message, begunBy.join(',')), on.lost);
      on.settlements.ack(message.fields.deliveryTag, undefined);
      await inTime(back, BACK_WITHIN_MS, 'a command that was sent again');
    } catch (err) {
      if (err instanceof Unavailable) on.rebuild('a command could not be sent again');
      else log.debug({ err, message_id: messageId }, 'a command that was sent again went elsewhere');
    } finally {
      this.#awaited.delete(messageId);
    }
  }
}
