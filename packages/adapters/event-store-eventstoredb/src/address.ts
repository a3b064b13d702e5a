/** Where an EventStoreDB is, and who asks. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Whether the server's certificate is checked; off for the self-signed ones of development. */
  readonly verify: boolean;
  readonly user: string;
  readonly password: string;
  /** Where the server answers over HTTP; only asked for its version. */
  readonly httpUrl: string;
}

/**
 * @param url `esdb+tcp://user:password@host:1113`, with `?tls=true`, `?tlsVerifyCert=false` and `?httpPort=2113` where they apply
 * @throws Error when it is another kind of URL, or says not who asks
 */
export function parseAddress(url: string): Address {
  if (!url.startsWith('esdb+tcp://')) throw new Error('the URL of an EventStoreDB begins with esdb+tcp://');
  const { hostname, port, username, password, searchParams } = new URL(url);
  // The client's own default is a password that everybody knows.
  if (!username || !password)
    throw new Error('the URL of an EventStoreDB needs a user and a password: esdb+tcp://user:password@host:1113');
  const tls = searchParams.get('tls') === 'true';
  const httpPort = searchParams.get('httpPort') ?? '2113';
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 1113),
    tls,
    verify: searchParams.get('tlsVerifyCert') !== 'false',
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    httpUrl: `${tls ? 'https' : 'http'}://${hostname}:${httpPort}`,
  };
}
