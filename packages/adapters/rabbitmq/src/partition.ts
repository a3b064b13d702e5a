import { crc32 } from 'node:zlib';
import { aggregateIdOf, type BoundedContext } from '@daybook/core';

/** Into how many queues the commands of a context are divided. Every publisher has to agree: never change it. */
export const PARTITIONS = 16;

/** The partition of an aggregate: CRC-32 (the one of zlib) of its id in UTF-8, which every language has. */
export function partitionOf(aggregateId: string): number {
  return crc32(aggregateId) % PARTITIONS;
}

/** What a partition can be found out from; nothing in it has been checked. */
export interface Partitioned {
  readonly type: string | undefined;
  readonly data: unknown;
  readonly commandId: string | undefined;
}

/** The partition of a command. What names no aggregate goes by its message id: it is refused in whichever it comes to. */
export function partitionOfCommand(
  context: Pick<BoundedContext, 'commands'>,
  { type, data, commandId }: Partitioned,
): number {
  return partitionOf(aggregateIdOf(context, type, data) ?? commandId ?? '');
}
