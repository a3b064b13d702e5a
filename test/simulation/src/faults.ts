import type { Random } from '@daybook/test-support';

/** What becomes of one request to a server. */
export type Fate =
  | 'answered'
  | 'slow answer'
  | 'request lost'
  | 'answer lost'
  | 'effect delayed'
  | 'crash before'
  | 'crash after';

/** What else may go wrong between two steps. */
export type Mishap =
  | 'connection drop'
  | 'outage of the event store'
  | 'outage of the read store'
  | 'outage of the broker'
  | 'join'
  | 'leave'
  | 'crash';

/** Faults that a run may have: how often, and which of them in order of their appearance. */
export interface FaultPlan {
  /** Probability at each step. */
  readonly rate: number;
  /** Only these, by their number; all when left out. */
  readonly only?: ReadonlySet<number>;
}

const FATES: readonly Fate[] = [
  'slow answer',
  'slow answer',
  'request lost',
  'answer lost',
  'answer lost',
  'effect delayed',
  'crash before',
  'crash after',
  'crash after',
];
const MISHAPS: readonly Mishap[] = [
  'connection drop',
  'connection drop',
  'outage of the event store',
  'outage of the read store',
  'outage of the broker',
  'join',
  'leave',
  'crash',
];

/** Decides what goes wrong. Draws of its own, so that leaving out one fault changes no other's choice. */
export class Faults {
  readonly #random: Random;
  readonly #plan: FaultPlan;
  /** How a fault that happens turns out. */
  readonly detail: Random;
  #seen = 0;
  #healed = false;
  /** Numbers of the faults that were let happen. */
  readonly happened: number[] = [];

  constructor(random: Random, plan: FaultPlan) {
    this.#random = random;
    this.#plan = plan;
    this.detail = random.fork();
  }

  /** From now on nothing goes wrong. */
  heal(): void {
    this.#healed = true;
  }

  get healed(): boolean {
    return this.#healed;
  }

  /** What becomes of the next request. */
  fate(): Fate {
    return this.#strikes(this.#plan.rate) ? this.detail.pick(FATES) : 'answered';
  }

  /** What goes wrong beside the requests, if anything. */
  mishap(): Mishap | undefined {
    return this.#strikes(this.#plan.rate / 8) ? this.detail.pick(MISHAPS) : undefined;
  }

  /** Whether a fault of this kind happens now. @param weight how likely it is beside a request's */
  also(weight: number): boolean {
    return this.#strikes(this.#plan.rate * weight);
  }

  #strikes(probability: number): boolean {
    if (this.#healed || !this.#random.chance(probability)) return false;
    const number = this.#seen++;
    const { only } = this.#plan;
    if (only !== undefined && !only.has(number)) return false;
    this.happened.push(number);
    return true;
  }
}
