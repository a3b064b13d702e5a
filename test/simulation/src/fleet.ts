import { Process } from './process.ts';
import {
  type Running,
  type StartService,
  startCommandService,
  startNotifier,
  startProcessManagers,
  startProjector,
} from './services.ts';
import type { World } from './world.ts';

const ROLES: Readonly<Record<string, StartService>> = {
  commands: startCommandService,
  managers: startProcessManagers,
  projector: startProjector,
  notifier: startNotifier,
};

interface Slot {
  readonly role: string;
  readonly number: number;
  process: Process | undefined;
  running: Running | undefined;
}

/** Every service, one or several times each: started, killed, restarted, joined by others, stopped. */
export class Fleet {
  readonly #world: World;
  #slots: Slot[] = [];
  #lives = 0;

  constructor(world: World) {
    this.#world = world;
    world.network.crash = (process) => this.crash(process);
  }

  /** Starts each service in the given number of processes. */
  async start(instances: (role: string) => number): Promise<void> {
    for (const role of Object.keys(ROLES)) {
      for (let number = 1; number <= instances(role); number++) await this.#add(role, number);
    }
  }

  get processes(): Process[] {
    return this.#slots.flatMap(({ process }) => (process?.alive ? [process] : []));
  }

  /** Kills a process; another takes its place after a while. */
  crash(process: Process): void {
    const slot = this.#slots.find((one) => one.process === process);
    this.#world.scheduler.note(`${process.name} crashes`);
    process.end();
    if (slot === undefined) return;
    slot.process = undefined;
    slot.running = undefined;
    this.#world.scheduler.later(this.#world.faults.detail.between(1, 200), () => void this.#revive(slot));
  }

  /** One more process of a service. */
  async join(): Promise<void> {
    const role = this.#world.faults.detail.pick(Object.keys(ROLES));
    const number = this.#slots.filter((slot) => slot.role === role).length + 1;
    if (number <= 3) await this.#add(role, number);
  }

  /** Asks a process to stop; it is started again later. */
  async leave(): Promise<void> {
    const candidates = this.#slots.filter(({ running }) => running !== undefined);
    if (candidates.length === 0) return;
    const slot = this.#world.faults.detail.pick(candidates);
    const { process, running } = slot;
    if (process === undefined || running === undefined) return;
    slot.running = undefined;
    this.#world.scheduler.note(`${process.name} is asked to stop`);
    await running.stop();
    if (!process.alive) return;
    this.#world.scheduler.note(`${process.name} has stopped`);
    process.end();
    slot.process = undefined;
    this.#world.scheduler.later(this.#world.faults.detail.between(1, 200), () => void this.#revive(slot));
  }

  async #add(role: string, number: number): Promise<void> {
    const slot: Slot = { role, number, process: undefined, running: undefined };
    this.#slots = [...this.#slots, slot];
    await this.#revive(slot);
  }

  async #revive(slot: Slot): Promise<void> {
    if (slot.process !== undefined) return;
    const { scheduler, random } = this.#world;
    const process = new Process(`${slot.role}-${slot.number}#${++this.#lives}`, scheduler, random.fork());
    scheduler.note(`${process.name} starts`);
    slot.process = process;
    const running = await (ROLES[slot.role] as StartService)(this.#world, process);
    if (process.alive) slot.running = running;
  }
}
