import { type BoundedContext, COMMAND_RECORD_TYPES, recordedTypesOf } from '@daybook/core';
import { nearest } from './nearest.ts';

/** What a context names that is not there: the compiler does not see it, and nothing would ever happen. */
export function contextProblems(context: BoundedContext): readonly string[] {
  return [
    ...nameProblems(context),
    ...aggregateProblems(context),
    ...foldProblems(context),
    ...eventTypeProblems(context),
    ...reactionProblems(context),
    ...beginningProblems(context),
  ];
}

/** Tables and groups are named after projections; groups, and what is recorded for ever, after the others. */
function nameProblems(context: BoundedContext): string[] {
  const { projections, processManagers, statefulProcessManagers, deadlines, eventHandlers } = context;
  const wrong = projections.filter(({ name }) => !/^[a-z][a-z0-9_]{0,39}$/.test(name));
  const reacting = [
    ...[...processManagers, ...statefulProcessManagers].map(({ name }) => ({ what: 'process manager', name })),
    ...deadlines.map(({ name }) => ({ what: 'deadline', name })),
    ...eventHandlers.map(({ name }) => ({ what: 'event handler', name })),
  ].filter(({ name }) => !/^[A-Za-z][A-Za-z0-9]{0,99}$/.test(name));
  return [
    ...wrong.map(
      ({ name }) =>
        `the projection '${name}' can't name a table: write lower case letters, digits and '_', at most 40, a letter first`,
    ),
    ...reacting.map(
      ({ what, name }) => `the ${what} '${name}' needs another name: letters and digits, at most 100, a letter first`,
    ),
  ];
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

function eventTypeProblems({ aggregates }: BoundedContext): string[] {
  const owners = new Map<string, string>();
  return aggregates.flatMap(({ name, events }) =>
    events.options.flatMap(({ shape }) => {
      const type = shape.type.value;
      if (COMMAND_RECORD_TYPES.includes(type))
        return [`the event ${type} of aggregate ${name} has a name that Daybook uses itself: rename it`];
      const owner = owners.get(type);
      owners.set(type, name);
      return owner === undefined
        ? []
        : [
            `the event ${type} belongs to the aggregates ${owner} and ${name}: rename one, whoever reacts to it can't tell`,
          ];
    }),
  );
}

function reactionProblems(context: BoundedContext): string[] {
  const { aggregates, processManagers, statefulProcessManagers, eventHandlers } = context;
  const types = recordedTypesOf(aggregates);
  const reacting = [
    ...[...processManagers, ...statefulProcessManagers].map(({ name, reactsTo }) => ({
      what: `process manager ${name}`,
      reactsTo,
    })),
    ...eventHandlers.map(({ name, reactsTo }) => ({ what: `event handler ${name}`, reactsTo })),
  ];
  return reacting.flatMap(({ what, reactsTo }) =>
    reactsTo
      .filter((type) => !types.includes(type))
      .map((type) => `${what} reacts to '${type}', which is no event of the context${nearest(type, types)}`),
  );
}

function beginningProblems({ statefulProcessManagers }: BoundedContext): string[] {
  return statefulProcessManagers.flatMap(({ name, version, startedBy, reactsTo }) => {
    const problems = startedBy
      .filter((type) => !reactsTo.includes(type))
      .map(
        (type) => `process manager ${name} is started by '${type}', which is not among its 'reactsTo': add it there`,
      );
    if (startedBy.length === 0)
      problems.push(
        `process manager ${name} is started by nothing: name the events that begin an instance in 'startedBy'`,
      );
    if (!Number.isInteger(version) || version < 1)
      problems.push(`process manager ${name} has no whole number from 1 as its 'version': write 1`);
    return problems;
  });
}
