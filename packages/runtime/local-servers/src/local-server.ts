/** A RabbitMQ or Postgres server that this process started, with data that outlives it. */
export interface LocalServer {
  /** `amqp://…` or `postgres://…` on 127.0.0.1; the same after every restart. */
  readonly url: string;
  /** For people, e.g. "PostgreSQL 15.18, private instance". */
  readonly description: string;
  /** Whether it runs in a container, and keeps its data on a volume of Docker's. */
  readonly inDocker: boolean;
  /** Ends the server in good order. Does nothing when it is not running. */
  stop(): Promise<void>;
  /** Ends the whole server with SIGKILL, as a crash would, and waits until it is gone. The data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, and waits until it answers. */
  start(): Promise<void>;
  /** Stops it and removes its data, wherever that lies. */
  remove(): Promise<void>;
}

/** Takes one line of progress. */
export type Log = (line: string) => void;

export interface LocalServerOptions {
  /** Holds the server's data, configuration and log. One running server a folder. */
  folder: string;
  /** The port to listen on; without it a free one, the same as last time when that is still free. */
  port?: number;
  log?: Log;
  /** The server ended though nobody ended it. Its data is there: `start` starts it again. @param reason with the end of its log */
  onCrash?: (reason: Error) => void;
}

/** Development only: these servers listen on 127.0.0.1 and nowhere else. */
export const LOGIN = { user: 'daybook', password: 'development-only', database: 'daybook' } as const;

/** The URL of a development Postgres on a port of this machine. */
export function postgresUrl(port: number, database: string = LOGIN.database): string {
  return `postgres://${LOGIN.user}:${LOGIN.password}@127.0.0.1:${port}/${database}`;
}

/** The URL of a development RabbitMQ on a port of this machine. */
export function rabbitmqUrl(port: number): string {
  return `amqp://${LOGIN.user}:${LOGIN.password}@127.0.0.1:${port}`;
}
