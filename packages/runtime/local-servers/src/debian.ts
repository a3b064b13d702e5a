import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { Log } from './local-server.ts';

/** Debian's packages ask this script before they start a service (policy-rc.d(8)); 101 forbids it. */
const POLICY = '/usr/sbin/policy-rc.d';
const KEPT_LINES = 15;

/** Whether packages can be installed: as root, on Debian or what derives from it. */
export function canInstallFromDebian(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}

/** Runs apt-get; throws with the end of its output if it fails. */
function aptGet(...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = `${output}${chunk.toString()}`.split('\n').slice(-KEPT_LINES).join('\n');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`apt-get ${args.join(' ')} failed:\n${output}`));
    });
  });
}

async function withoutStartingServices(install: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return install();
  const allowAgain = () => rmSync(POLICY, { force: true });
  process.on('exit', allowAgain);
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    allowAgain();
    process.off('exit', allowAgain);
  }
}

/**
 * Installs a server's package, after saying so, without starting the system-wide service that comes with it. Throws
 * when it may not (see `canInstallFromDebian`) or apt-get fails.
 */
export async function installFromDebian(packageName: string, log: Log): Promise<void> {
  if (!canInstallFromDebian()) throw new Error(`${packageName} can only be installed as root on Debian`);
  log(`installing Debian's package ${packageName} (apt-get install ${packageName}); this takes about a minute`);
  await aptGet('update');
  await withoutStartingServices(() => aptGet('install', '--yes', '--no-install-recommends', packageName));
  // Nor may it start with the machine: only private instances are wanted.
  if (existsSync('/run/systemd/system')) spawnSync('systemctl', ['disable', packageName], { stdio: 'ignore' });
}
