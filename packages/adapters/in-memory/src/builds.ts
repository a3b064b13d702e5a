import { type Build, type Builds, buildNameOf, type Projection } from '@daybook/core';

/** The registry of builds in this process's memory. A projection of which nothing was begun is live as it is defined. */
export class InMemoryBuilds implements Builds {
  #builds: (Omit<Build, 'endedForMs'> & { readonly endedAt?: number; readonly dropped?: boolean })[] = [];
  /** Builds that nothing is written to while another takes their place. */
  readonly #held = new Map<string, Promise<unknown>>();
  readonly #watching = new Set<() => void>();

  /** Makes a projection's first build live, as a migration does. */
  add(context: string, projection: Projection): void {
    this.#add(context, projection, 'live');
  }

  async list(): Promise<Build[]> {
    const having = this.#builds.filter(({ dropped }) => dropped !== true);
    return having.map(({ endedAt, dropped: _, ...build }) => ({
      ...build,
      endedForMs: endedAt === undefined ? undefined : Date.now() - endedAt,
    }));
  }

  async begin(context: string, projection: Projection) {
    const building = (await this.list()).find(({ name, state }) => name === projection.name && state === 'building');
    if (building !== undefined) return { build: building, begun: false };
    return { build: this.#add(context, projection, 'building'), begun: true };
  }

  async abandon(name: string) {
    const building = this.#builds.find((build) => build.name === name && build.state === 'building');
    if (building !== undefined) this.#change(building, { state: 'abandoned', endedAt: Date.now() });
    return building !== undefined;
  }

  async switchTo(build: Build, holdsAll: () => Promise<boolean>) {
    const live = this.#builds.find(({ name, state }) => name === build.name && state === 'live');
    if (live === undefined || this.#held.has(buildNameOf(live))) return false;
    let release = () => {};
    this.#held.set(buildNameOf(live), new Promise<void>((resolve) => (release = resolve)));
    try {
      const holds = await holdsAll();
      const building = this.#find(build);
      if (!holds || building?.state !== 'building') return false;
      this.#change(live, { state: 'retired', endedAt: Date.now() });
      this.#change(building, { state: 'live' });
      return true;
    } finally {
      this.#held.delete(buildNameOf(live));
      release();
    }
  }

  async drop(build: Build) {
    this.#change(build, { dropped: true });
  }

  watch(onChange: () => void) {
    this.#watching.add(onChange);
    return { close: async () => void this.#watching.delete(onChange) };
  }

  isLive(projection: Projection): boolean {
    return this.#find(projection)?.state === 'live';
  }

  /** Resolves when a projection's rows may be written. */
  async writable(projection: Projection): Promise<void> {
    await this.#held.get(buildNameOf(projection));
  }

  #find(named: Pick<Projection, 'name' | 'version' | 'build'>) {
    return this.#builds.find((one) => buildNameOf(one) === buildNameOf(named));
  }

  #add(context: string, projection: Projection, state: Build['state']): Build {
    const { name, version } = projection;
    const earlier = this.#builds.filter((build) => build.name === name && build.version === version);
    const build = Math.max(0, ...earlier.map((one) => one.build)) + 1;
    const added = {
      ...{ context, name, version, build, state },
      stored: { ...projection, build },
      createdAt: new Date().toISOString(),
      endedForMs: undefined,
    };
    this.#builds.push(added);
    this.#tell();
    return added;
  }

  #change(
    build: Pick<Build, 'name' | 'version' | 'build'>,
    change: { state?: Build['state']; endedAt?: number; dropped?: boolean },
  ) {
    this.#builds = this.#builds.map((one) => (buildNameOf(one) === buildNameOf(build) ? { ...one, ...change } : one));
    this.#tell();
  }

  #tell(): void {
    for (const onChange of this.#watching) onChange();
  }
}
