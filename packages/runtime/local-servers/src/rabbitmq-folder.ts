import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { LOGIN } from './local-server.ts';
import { commandLineOf, killTree } from './processes.ts';

/** The ports of one private RabbitMQ: AMQP, Erlang's distribution, and the name server of its own (epmd). */
export interface RabbitmqPorts {
  amqp: number;
  distribution: number;
  epmd: number;
}

interface Remembered {
  ports?: RabbitmqPorts;
  /** The processes of the last start, which may be gone. */
  pids: number[];
}

function recall(folder: string): Remembered {
  const file = join(folder, 'server.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { pids: [] };
}

/** Notes what a later start needs: the ports to take again, the processes that may have been left running. */
export function remember(folder: string, ports: RabbitmqPorts, pids: number[]): void {
  writeFileSync(join(folder, 'server.json'), JSON.stringify({ ports, pids }));
}

/** The ports of last time where they are still free. */
export async function choosePorts(folder: string, amqp?: number): Promise<RabbitmqPorts> {
  const { ports } = recall(folder);
  return {
    amqp: amqp ?? (await freePort(ports?.amqp)),
    distribution: await freePort(ports?.distribution),
    epmd: await freePort(ports?.epmd),
  };
}

/** Ends the processes that a dead process left running on this folder. */
export async function endStaleRabbitmq(folder: string): Promise<void> {
  const { ports, pids } = recall(folder);
  if (!ports) return;
  for (const pid of pids) {
    const commandLine = commandLineOf(pid);
    // The pid may belong to another program by now: both have the name server's port on their command line.
    const ours = /beam|epmd/.test(commandLine) && commandLine.includes(`port ${ports.epmd}`);
    if (ours) await killTree(pid);
  }
}

/** Writes the broker's configuration and returns the environment that keeps it apart from every other broker. */
export function configure(folder: string, ports: RabbitmqPorts): NodeJS.ProcessEnv {
  mkdirSync(join(folder, 'log'), { recursive: true });
  const config = join(folder, 'rabbitmq.conf');
  const plugins = join(folder, 'enabled_plugins');
  const lines = [
    `listeners.tcp.default = 127.0.0.1:${ports.amqp}`,
    `default_user = ${LOGIN.user}`,
    `default_pass = ${LOGIN.password}`,
    'heartbeat = 10',
    'log.file.level = info',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  writeFileSync(plugins, '[].\n');
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    // Erlang keeps its cookie here.
    HOME: folder,
    RABBITMQ_NODENAME: 'daybook@localhost',
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_CONF_ENV_FILE: join(folder, 'no-such-file'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // The script then becomes the broker itself (exec), which handles SIGTERM, instead of waiting for it as a shell.
    RABBITMQ_ALLOW_INPUT: '1',
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
}
