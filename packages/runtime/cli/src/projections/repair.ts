import {
  type Build,
  buildNameOf,
  deadlineRows,
  groupOfDeadline,
  groupOfProjection,
  type MarkedGroup,
  type Projection,
  projectionOf,
  recordedTypesOf,
  repairRows,
  settingsOf,
} from '@daybook/core';
import { configFrom } from '@daybook/service';
import { Command } from 'commander';
import { z } from 'zod';
import type { CliEnvironment } from '../cli-environment.ts';
import { CommandFailed } from '../command-failed.ts';
import { type Servers, withServers } from '../servers.ts';

/** Entities named in a plan; of the others it only says how many they are. */
const NAMED = 20;

/** Rows that can be repaired, and the group that keeps them. */
interface Repairable {
  readonly label: string;
  readonly projection: Projection;
  readonly group: MarkedGroup;
}

/** `daybook projections repair loans/loan_applications` */
export function repairCommand(around: CliEnvironment): Command {
  return new Command('repair')
    .description(
      'fold again what differs from the log, after a store was restored or a failover; the group goes on by itself',
    )
    .argument(
      '<context/model>',
      'a read model or a deadline, such as loans/loan_applications or loans/ExpireUnsignedContract',
    )
    .option('--plan', 'only say what differs')
    .action((name: string, { plan = false }: { plan?: boolean }) =>
      withServers(around, async (servers) => {
        const repairable = await find(servers, name, around.env);
        await repair(servers, repairable, plan, around);
        if (!plan) await restartBuilding(servers, repairable.projection.name, around);
      }),
    );
}

async function repair(
  servers: Servers,
  { label, projection, group }: Repairable,
  planOnly: boolean,
  { print, showProgress }: CliEnvironment,
): Promise<void> {
  const { compared, differing } = await repairRows({
    ...{ projection, group, planOnly },
    rows: servers.rows(),
    store: await servers.store(),
    onProgress: (count) => showProgress(`${count} entities compared with the log`),
  });
  print('');
  if (planOnly && differing.length > 0) {
    for (const entityId of differing.slice(0, NAMED)) print(entityId);
    if (differing.length > NAMED) print(`and ${differing.length - NAMED} more`);
  }
  print(
    `${label}: ${compared} entities compared with the log, ${differing.length} ${planOnly ? 'differ; nothing was done' : 'folded again'}`,
  );
}

/** A build that is under way when its history is lost is begun again. */
async function restartBuilding(servers: Servers, name: string, { print }: CliEnvironment): Promise<void> {
  const building = (await servers.builds().list()).find((build) => build.name === name && build.state === 'building');
  if (building === undefined) return;
  const store = await servers.store();
  const group = { group: groupOfProjection(building), context: building.context };
  const proofs = await store.proveMarks(group, await servers.rows().loadMarks(building.stored));
  if (proofs.every(({ known }) => known)) return;
  const projection = servers.contexts
    .flatMap(({ projections }) => projections)
    .find((one) => one.name === name && one.version === building.version);
  await servers.builds().abandon(name);
  if (projection !== undefined) await servers.builds().begin(building.context, projection);
  print(`${buildNameOf(building)} was being built from the history that is lost, and is begun again`);
}

/** @throws CommandFailed, with what there is */
async function find(servers: Servers, asked: string, env: NodeJS.ProcessEnv): Promise<Repairable> {
  const { contexts } = servers;
  for (const context of contexts) {
    const named = (name: string) => asked === name || asked === `${context.name}/${name}`;
    const projection = context.projections.find(({ name }) => named(name));
    if (projection !== undefined) {
      const build = liveBuildOf(await servers.builds().list(), projection);
      const group = { group: groupOfProjection(build.projection), context: context.name };
      return { ...build, group };
    }
    const deadline = context.deadlines.find(({ name }) => named(name));
    if (deadline === undefined) continue;
    const settings = configFrom(z.object(settingsOf(contexts.flatMap(({ deadlines }) => deadlines))), env);
    const aggregates = context.aggregates.filter(({ name }) => Object.hasOwn(deadline.folds, name));
    return {
      label: `${deadline.name}.v${deadline.version}`,
      projection: deadlineRows(deadline, settings),
      group: { group: groupOfDeadline(deadline), context: context.name, types: recordedTypesOf(aggregates) },
    };
  }
  const all = contexts.flatMap(({ name, projections, deadlines }) =>
    [...projections, ...deadlines].map((one) => `${name}/${one.name}`),
  );
  throw new CommandFailed(`nothing is called '${asked}'; there are ${all.join(', ')}`);
}

/** @throws CommandFailed when this code has no fold for the build that answers */
function liveBuildOf(builds: readonly Build[], projection: Projection): { label: string; projection: Projection } {
  const live = builds.find(({ name, state }) => name === projection.name && state === 'live');
  if (live === undefined) throw new CommandFailed(`no build of ${projection.name} is live: run 'daybook migrate'`);
  const known = projectionOf(live, [projection]);
  if (known !== undefined) return { label: buildNameOf(live), projection: known };
  throw new CommandFailed(
    `${buildNameOf(live)} is live, and this code has v${projection.version}: repair it with the code of its version, ` +
      'or wait until the new one is live',
  );
}
