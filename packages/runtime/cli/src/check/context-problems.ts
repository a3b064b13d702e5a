import type { BoundedContext } from '@daybook/core';
import { nearest } from '../nearest.ts';

/** What a context names that is not there: the compiler does not see it, and nothing would ever happen. */
export function contextProblems(context: BoundedContext): readonly string[] {
  return [...aggregateProblems(context), ...foldProblems(context), ...eventProblems(context)];
}

function aggregateProblems({ aggregates }: BoundedContext): string[] {
  return aggregates.flatMap(({ name, id, commands }) =>
    commands.options
      .filter(({ shape }) => !Object.hasOwn(shape.data.shape, id))
      .map(
        ({ shape }) =>
          `the command ${shape.type.value} has no field '${id}', which aggregate ${name} takes its id from${nearest(id, Object.keys(shape.data.shape))}`,
      ),
  );
}

function foldProblems({ aggregates, projections, deadlines, eventHandlers }: BoundedContext): string[] {
  const names = aggregates.map(({ name }) => name);
  const folding = [
    ...projections.map(({ name, folds }) => ({ what: `projection ${name}`, folds })),
    ...deadlines.map(({ name, folds }) => ({ what: `deadline ${name}`, folds })),
    ...eventHandlers.map(({ name, folds }) => ({ what: `event handler ${name}`, folds })),
  ];
  return folding.flatMap(({ what, folds }) =>
    Object.keys(folds)
      .filter((aggregate) => !names.includes(aggregate))
      .map(
        (aggregate) => `${what} folds '${aggregate}', which is no aggregate of the context${nearest(aggregate, names)}`,
      ),
  );
}

function eventProblems({ aggregates, processManagers, eventHandlers }: BoundedContext): string[] {
  const types = aggregates.flatMap(({ events }) => events.options.map(({ shape }) => shape.type.value));
  const reacting = [
    ...processManagers.map(({ name, reactsTo }) => ({ what: `process manager ${name}`, reactsTo })),
    ...eventHandlers.map(({ name, reactsTo }) => ({ what: `event handler ${name}`, reactsTo })),
  ];
  return reacting.flatMap(({ what, reactsTo }) =>
    reactsTo
      .filter((type) => !types.includes(type))
      .map((type) => `${what} reacts to '${type}', which is no event of the context${nearest(type, types)}`),
  );
}
