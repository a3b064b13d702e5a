import { type Build, buildNameOf, type Projection } from '@daybook/core';
import { Command } from 'commander';
import type { CliEnvironment } from '../cli-environment.ts';
import { CommandFailed } from '../command-failed.ts';
import { type Servers, withServers } from '../servers.ts';
import { buildLines, progressesOf, summaryOfBuild } from './list-builds.ts';
import { progressText } from './progress-line.ts';
import { repairCommand } from './repair.ts';
import { watchBuild } from './watch-build.ts';

/** `daybook projections …`: what read models there are, and how to build one anew. */
export function projectionsCommand(around: CliEnvironment): Command {
  return new Command('projections')
    .description('read models: their versions, how far they are, building one anew, and repairing one')
    .addCommand(listCommand(around))
    .addCommand(rebuildCommand(around))
    .addCommand(watchCommand(around))
    .addCommand(abandonCommand(around))
    .addCommand(repairCommand(around));
}

function listCommand(around: CliEnvironment): Command {
  return new Command('list')
    .description('every build, with how far it is')
    .option('--json', 'one JSON document for each')
    .action(({ json }: { json?: boolean }) =>
      withServers(around, async (servers) => {
        const builds = await servers.builds().list();
        const all = await progressesOf(await servers.store(), builds);
        const lines = json ? all.map((one) => JSON.stringify(summaryOfBuild(one))) : buildLines(all);
        lines.forEach(around.print);
      }),
    );
}

function rebuildCommand(around: CliEnvironment): Command {
  return new Command('rebuild')
    .description('build one anew from the log; the one that is live answers until the new one has caught up')
    .argument('<name>')
    .option('--detach', 'do not stay to watch')
    .action((name: string, { detach }: { detach?: boolean }) =>
      withServers(around, async (servers) => {
        const { context, projection } = findProjection(servers, name);
        const { build, begun } = await servers.builds().begin(context, projection);
        if (!begun)
          throw new CommandFailed(`${await underWay(servers, build)}; 'daybook projections watch ${name}' shows it`);
        if (detach) around.print(`${buildNameOf(build)} is being built`);
        else await watchBuild(servers, build, around);
      }),
    );
}

function watchCommand(around: CliEnvironment): Command {
  return new Command('watch')
    .description('stay until the one that is being built is live')
    .argument('<name>')
    .action((name: string) =>
      withServers(around, async (servers) => {
        findProjection(servers, name);
        const building = (await servers.builds().list()).find((one) => one.name === name && one.state === 'building');
        if (building === undefined)
          throw new CommandFailed(`${name} is not being built; 'daybook projections list' shows all`);
        await watchBuild(servers, building, around);
      }),
    );
}

function abandonCommand(around: CliEnvironment): Command {
  return new Command('abandon')
    .description('give up the one that is being built; the one that is live stays')
    .argument('<name>')
    .action((name: string) =>
      withServers(around, async (servers) => {
        findProjection(servers, name);
        if (!(await servers.builds().abandon(name))) throw new CommandFailed(`${name} is not being built`);
        around.print(`the build of ${name} is given up; a projector clears it away`);
      }),
    );
}

async function underWay(servers: Servers, build: Build): Promise<string> {
  const [one] = await progressesOf(await servers.store(), [build]);
  return `${buildNameOf(build)} is being built already: ${one === undefined ? '' : progressText(one.progress)}`;
}

/** @throws CommandFailed, with what there is */
function findProjection({ contexts }: Servers, name: string): { context: string; projection: Projection } {
  const all = contexts.flatMap((context) =>
    context.projections.map((projection) => ({ context: context.name, projection })),
  );
  const found = all.find(({ projection }) => projection.name === name);
  if (found !== undefined) return found;
  throw new CommandFailed(`no projection '${name}'; there are ${all.map((one) => one.projection.name).join(', ')}`);
}
