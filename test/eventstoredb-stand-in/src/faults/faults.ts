import type { CommandName } from '../protocol/commands.ts';
import { NotHandledReason } from '../protocol/results.ts';
import { createRule, type Fault, type Matching, type Rule } from './rule.ts';

/** Answers are held until it is released. */
export interface HeldAnswers extends Fault {
  release(): void;
}

/** Why a request is not handled. The client retries each of them, once a second, as often as its `maxRetries` says. */
export type NotHandled = keyof typeof NotHandledReason;

/** Faults that a test asks for. Each is for the next matching request unless `times` says more; none outlives `stop`. */
export interface Faults {
  /** Drops the connection on a write that is then not applied. */
  dropBeforeWrite(matching?: Matching): Fault;
  /** Drops the connection after a write was applied and before its answer. */
  dropAfterWrite(matching?: Matching): Fault;
  /** Keeps answers back, for a time in ms or until released. What was asked is done meanwhile. */
  holdAnswers(matching?: Matching & { readonly ms?: number }): HeldAnswers;
  /** Answers nothing at all, heartbeats included, on old and new connections, until cancelled. */
  mute(): Fault;
  /** Swallows authentications: the client goes on unauthenticated after its operation timeout. */
  loseAuthenticate(times?: number): Fault;
  /** Answers that a request is not handled. */
  notHandled(reason: NotHandled, matching?: Matching): Fault;
  /** Sends a message of a group twice. */
  duplicateDelivery(matching?: Matching): Fault;
  /** Puts the messages of one retry behind everything that waits, the last first. */
  reorderRetries(matching?: Matching): Fault;
}

/** What the server asks before it does something. */
export interface FaultPlan {
  readonly requested: Faults;
  dropsBefore(command: CommandName, stream: string): boolean;
  dropsAfter(command: CommandName, stream: string): boolean;
  /** Resolves when the answer may go. */
  held(command: CommandName, stream: string): Promise<void>;
  muted(): boolean;
  losesAuthenticate(): boolean;
  /** The code of the reason why a request is not handled, if it is not. */
  notHandled(command: CommandName, stream: string): number | undefined;
  duplicates(stream: string, group: string): boolean;
  reorders(stream: string, group: string): boolean;
}

/** Makes a plan without faults. */
export function createFaultPlan(): FaultPlan {
  const before: Rule[] = [];
  const after: Rule[] = [];
  const holds: { rule: Rule; done: () => Promise<void> }[] = [];
  const mutes: Rule[] = [];
  const authentications: Rule[] = [];
  const refusals: { rule: Rule; reason: number }[] = [];
  const duplicates: Rule[] = [];
  const reorders: Rule[] = [];
  const add = (rules: Rule[], matching: Matching): Fault => {
    const rule = createRule(matching);
    rules.push(rule);
    return rule;
  };
  const any = (rules: readonly Rule[], at: Parameters<Rule['fires']>[0]) => rules.some((rule) => rule.fires(at));

  return {
    requested: {
      dropBeforeWrite: (matching = {}) => add(before, matching),
      dropAfterWrite: (matching = {}) => add(after, matching),
      holdAnswers({ ms, ...matching } = {}) {
        const rule = createRule(matching);
        let release = () => {};
        const released = new Promise<void>((resolve) => {
          release = resolve;
        });
        const done = () => (ms === undefined ? released : Promise.race([released, sleep(ms)]));
        holds.push({ rule, done });
        return Object.assign(rule, { release });
      },
      mute: () => add(mutes, { times: Number.POSITIVE_INFINITY }),
      loseAuthenticate: (times = 1) => add(authentications, { times }),
      notHandled(reason, matching = {}) {
        const rule = createRule(matching);
        refusals.push({ rule, reason: NotHandledReason[reason] });
        return rule;
      },
      duplicateDelivery: (matching = {}) => add(duplicates, matching),
      reorderRetries: (matching = {}) => add(reorders, matching),
    },
    dropsBefore: (command, stream) => isWrite(command) && any(before, { command, stream }),
    dropsAfter: (command, stream) => isWrite(command) && any(after, { command, stream }),
    async held(command, stream) {
      const hold = holds.find(({ rule }) => rule.fires({ command, stream }));
      if (hold) await hold.done();
    },
    muted: () => any(mutes, {}),
    losesAuthenticate: () => any(authentications, {}),
    notHandled: (command, stream) => refusals.find(({ rule }) => rule.fires({ command, stream }))?.reason,
    duplicates: (stream, group) => any(duplicates, { stream, group }),
    reorders: (stream, group) => any(reorders, { stream, group }),
  };
}

function isWrite(command: CommandName): boolean {
  return command === 'WriteEvents' || command === 'DeleteStream';
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
