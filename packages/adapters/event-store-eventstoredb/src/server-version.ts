import { type Address, parseAddress } from './address.ts';

/** Milliseconds to wait for the server's word on its version. */
const PATIENCE = 1500;

/**
 * The TCP protocol is gone from EventStoreDB 24.2 and later.
 * @returns what to say to people, or undefined when the server speaks it or does not say its version
 */
export async function tooNewToSpeakTcp(
  { httpUrl }: Pick<Address, 'httpUrl'>,
  closing = new AbortController().signal,
): Promise<string | undefined> {
  const version = await versionOf(httpUrl, AbortSignal.any([closing, AbortSignal.timeout(PATIENCE)]));
  if (version === undefined || !isTooNew(version)) return undefined;
  return (
    `this is EventStoreDB ${version}; 23.10 is the last version with the TCP protocol that is spoken here. ` +
    'Run EventStoreDB 23.10 or earlier with EVENTSTORE_ENABLE_EXTERNAL_TCP=true, or point EVENT_STORE_URL to a Postgres'
  );
}

/** @returns whether a version such as `24.2.0.0` is 24.2 or later */
export function isTooNew(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 2);
}

/**
 * For a service's start: better to end with a clear word than to wait for a server that will never answer.
 * @param url as for {@link connectEventStoreDb}
 * @throws Error when the server says that it is 24.2 or later; a server that can't be asked is left to the first call
 */
export async function checkServer(url: string): Promise<void> {
  const tooNew = await tooNewToSpeakTcp(parseAddress(url));
  if (tooNew !== undefined) throw new Error(tooNew);
}

async function versionOf(httpUrl: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(`${httpUrl}/info`, { signal });
    const info: unknown = await response.json();
    const found = typeof info === 'object' && info !== null && 'esVersion' in info ? info.esVersion : undefined;
    return typeof found === 'string' ? found : undefined;
  } catch {
    return undefined;
  }
}
