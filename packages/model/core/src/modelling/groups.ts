import type { BoundedContext } from './bounded-context.ts';
import type { Deadline } from './deadline.ts';
import type { EventHandler } from './event-handler.ts';
import type { ProcessManager } from './process-manager.ts';
import { buildNameOf, type Projection } from './projection.ts';

/**
 * The group that keeps a projection's rows. Version and build are a part of the name, so that a new one starts from the
 * first event while the old one goes on.
 */
export function groupOfProjection(projection: Pick<Projection, 'name' | 'version' | 'build'>): string {
  return `projection:${buildNameOf(projection)}`;
}

/** The group that sends a process manager's follow-up commands. */
export function groupOfProcessManager({ name }: ProcessManager): string {
  return `process-manager:${name}`;
}

/** The group that an event handler acts on behalf of. */
export function groupOfEventHandler({ name }: EventHandler): string {
  return `event-handler:${name}`;
}

/** The group that keeps a deadline's rows. With the version, for the same reason as a projection's. */
export function groupOfDeadline({ name, version }: Deadline): string {
  return `process-manager:${name}.v${version}`;
}

/** Every group that the services keep on a context's feed. */
export function groupsOf(context: BoundedContext): readonly string[] {
  const { projections, processManagers, deadlines, eventHandlers } = context;
  return [
    ...projections.map(groupOfProjection),
    ...processManagers.map(groupOfProcessManager),
    ...deadlines.map(groupOfDeadline),
    ...eventHandlers.map(groupOfEventHandler),
  ];
}
