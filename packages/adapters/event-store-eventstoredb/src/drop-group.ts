import esdb from 'node-eventstore-client';
import { safeGroupName } from './group-settings.ts';
import type { Link } from './link.ts';
import { parkedStreamOf } from './parked-stream.ts';
import { feedOf, readSlice } from './read.ts';

/**
 * Deletes a persistent subscription, and the stream in which the group keeps what it has set aside.
 * Nothing happens where there is none. @throws Unavailable
 */
export async function dropGroup(link: Link, group: string, context: string): Promise<void> {
  const name = safeGroupName(group);
  await link.call(`deleting the group ${group}`, async ({ client, user }) => {
    try {
      await client.deletePersistentSubscription(feedOf(context), name, user);
    } catch (error) {
      if (!/does not exist/i.test(String(error))) throw error;
    }
  });
  const parked = parkedStreamOf(context, name);
  const { last } = await readSlice(link, 'backward', parked, { from: -1, count: 1 });
  if (last < 0) return;
  await link.call(`deleting ${parked}`, ({ client, user }) =>
    client.deleteStream(parked, esdb.expectedVersion.any, false, user),
  );
}
