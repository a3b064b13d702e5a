import type { CommandMessage } from '../messages/command.ts';
import type { FeedConsumer } from '../modelling/feed-consumer.ts';
import type { SqlConsumer } from '../modelling/sql-consumer.ts';
import type { StatefulProcessManager } from '../modelling/stateful-process-manager.ts';

/** The right to run a consumer, which one process has at a time. */
export interface Hold {
  /** Aborted when it can't be told any more whether this process is the only one. */
  readonly lost: AbortSignal;
  /** Lets the next process have it. */
  release(): Promise<void>;
}

/** Where an app's consumers are kept apart from their like in other processes, and where those in SQL write. */
export interface ConsumerHost {
  /**
   * Waits until no other process holds the name. Who holds it loses it when its process ends, however it does.
   * @returns undefined when the signal was given before
   * @throws Unavailable
   */
  hold(name: string, signal: AbortSignal): Promise<Hold | undefined>;
  /** Gives a consumer in SQL its checkpoint and its transactions. Its name is followed by the version then. */
  bind(consumer: SqlConsumer): FeedConsumer;
  /**
   * Keeps a process manager's instances, and its checkpoint in the same transaction. The commands of a batch are with the
   * broker before that is committed: after a crash between the two they are sent again, and are the same commands.
   */
  bindProcessManager(
    context: string,
    manager: StatefulProcessManager,
    publish: (command: CommandMessage) => Promise<void>,
  ): FeedConsumer;
}
