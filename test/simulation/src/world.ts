import { account } from '@daybook/accounts';
import {
  type BoundedContext,
  boundedContext,
  type CommandMessage,
  deadlineRows,
  type RecordedEvent,
  type Reply,
  type RowProjection,
} from '@daybook/core';
import { loanApplications, loans } from '@daybook/loans';
import { Random } from '@daybook/test-support';
import { Broker } from './broker.ts';
import { EventLog } from './event-log.ts';
import { type FaultPlan, Faults } from './faults.ts';
import { Group } from './group.ts';
import { GroupsInMemory } from './groups-in-memory.ts';
import type { Guard } from './guards.ts';
import { journal, ledger } from './ledger.ts';
import { type CrashChooser, Network } from './network.ts';
import { Process } from './process.ts';
import { Scheduler } from './scheduler.ts';
import { Tables } from './tables.ts';

/** Loans and accounts as they are, in one context, with a read model of each shape, and one more that forgives nothing. */
const context: BoundedContext = boundedContext({
  name: loans.name,
  aggregates: [...loans.aggregates, account],
  processManagers: loans.processManagers,
  deadlines: loans.deadlines,
  projections: [loanApplications, ledger, journal],
});

const DAY_MS = 86_400_000;

/** How long a contract may wait for its signature, milliseconds: longer than any run, or about as long as people take. */
export const NEVER_MS = 30 * DAY_MS;
const SIGNATURE_MS = [NEVER_MS, NEVER_MS, 50];

/** What a run is made from. */
export interface WorldOptions {
  readonly seed: number;
  readonly faults: FaultPlan;
  readonly without?: Guard | undefined;
  /** Crashes chosen by somebody else than chance. */
  readonly crashes?: CrashChooser | undefined;
  /** false: never the in-memory adapter's groups; by the seed when left out. */
  readonly inMemory?: false;
  /** Milliseconds that a contract may wait for its signature; by the seed when left out. */
  readonly signatureMs?: number;
}

/** The servers, the network, and what is remembered for the invariants. Survives every crash. */
export class World {
  readonly context = context;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly network: Network;
  readonly log: EventLog;
  readonly tables: Tables;
  readonly broker: Broker;
  readonly without: Guard | undefined;
  /** Deliveries that a command-service has in hand at once. */
  readonly prefetch: number;
  /** Aggregates that a command-service keeps. */
  readonly cached: number;
  /** Events of an aggregate between two snapshots; 0: none are taken. */
  readonly snapshotEvery: number;
  /** Whether the event store keeps an entity's events in order; the port does not promise it when something fails. */
  readonly ordered: boolean;
  /** Whether nothing goes wrong at all. */
  readonly calm: boolean;
  readonly groups = new Map<string, Group>();
  /** The in-memory adapter's groups, in the runs that use them in place of the simulated ones. */
  readonly inMemory: GroupsInMemory | undefined;
  readonly subscribers = new Set<{ wake(): void }>();
  readonly commandConsumers = new Map<Process, { readonly idle: boolean; drop(): void }>();
  /** Every command that reached the broker, by id. */
  readonly published = new Map<string, CommandMessage>();
  /** Ids of commands that the broker confirmed to a client. */
  readonly confirmed = new Set<string>();
  readonly replies: Reply[] = [];
  /** Milliseconds that a contract may wait for its signature. */
  readonly signatureMs: number;
  /** The rows of every deadline of the context. */
  readonly deadlines: readonly { readonly name: string; readonly table: RowProjection }[];
  /** Every command that was sent because it was due, and the time its sender believed it to be, milliseconds. */
  readonly dueSent: { readonly command: CommandMessage; readonly at: number }[] = [];
  /** What each group has handled, by position. */
  readonly handled = new Map<string, Set<number>>();
  /** Side effects of the event handler, by entity: positions in the order they took effect. */
  readonly notified = new Map<string, number[]>();
  /** Ids of commands whose append fails by a bug, until a person has mended it. */
  readonly cursed = new Set<string>();

  /** By group: the position of an event that its handler can't take, until a person has mended it. */
  readonly poisoned = new Map<string, number>();

  constructor({ seed, faults, without, crashes, inMemory, signatureMs }: WorldOptions) {
    this.random = new Random(seed);
    this.scheduler = new Scheduler(this.random.fork());
    this.faults = new Faults(this.random.fork(), faults);
    this.network = new Network(this.scheduler, this.faults, crashes);
    this.log = new EventLog(without);
    this.tables = new Tables(without);
    this.broker = new Broker(this.scheduler, this.faults);
    this.without = without;
    this.prefetch = this.random.between(1, 6);
    this.cached = this.random.between(1, 8);
    this.snapshotEvery = this.random.pick([0, 0, 1, 3]);
    this.calm = faults.rate === 0;
    this.ordered = this.calm || this.random.chance(0.7);
    if (this.random.chance(0.25) && inMemory !== false) {
      const process = new Process('in-memory', this.scheduler, this.random.fork(), false);
      this.inMemory = new GroupsInMemory(context.name, this.log, this.scheduler, process);
    }
    this.signatureMs = signatureMs ?? this.random.pick(SIGNATURE_MS);
    const settings = { CONTRACT_SIGNATURE_DAYS: this.signatureMs / DAY_MS };
    this.deadlines = context.deadlines.map((one) => ({ name: one.name, table: deadlineRows(one, settings) }));
    this.log.onAppend = (events) => {
      this.inMemory?.add(events);
      this.#wake();
    };
  }

  group(name: string): Group {
    const group = this.groups.get(name) ?? new Group(name, this.log, this.without);
    this.groups.set(name, group);
    return group;
  }

  /** Up to where a reader of the feed sees it: a read may be answered by a copy that is behind. */
  visibleHead(): number {
    const { head } = this.log;
    return this.faults.also(0.5) ? Math.max(0, head - this.faults.detail.between(1, 3)) : head;
  }

  isCursed(commandId: string): boolean {
    return !this.faults.healed && this.cursed.has(commandId);
  }

  isPoisoned(group: string, { position }: RecordedEvent): boolean {
    return !this.faults.healed && this.poisoned.get(group) === position;
  }

  /** Notifications that something was appended may get lost. */
  #wake(): void {
    for (const consumer of this.subscribers) if (!this.faults.also(0.3)) consumer.wake();
  }
}
