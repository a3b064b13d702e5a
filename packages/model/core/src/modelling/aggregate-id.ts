import { ownOf } from '../messages/own-of.ts';
import type { BoundedContext } from './bounded-context.ts';

/**
 * The id of the aggregate that a command is for, in the one spelling that its stream's name has.
 * @returns undefined when the type is unknown, or the data has no id that fits: such a command is going to be refused
 */
export function aggregateIdOf(
  { commands }: Pick<BoundedContext, 'commands'>,
  type: string | undefined,
  data: unknown,
): string | undefined {
  const known = type === undefined ? undefined : commands.get(type);
  if (known === undefined || typeof data !== 'object' || data === null) return undefined;
  const { aggregate, schema } = known;
  const id = ownOf(schema.shape.data.shape, aggregate.id)?.safeParse(
    ownOf(data as Record<string, unknown>, aggregate.id),
  );
  return id?.success ? String(id.data) : undefined;
}
