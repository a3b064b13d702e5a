import type { FastifyInstance } from 'fastify';

/** An API that answers. */
export interface Listening {
  /** `http://<host>:<port>` */
  readonly url: string;
  /** Takes no new requests and answers those in hand. */
  stop(): Promise<void>;
}

/** Starts to answer. @param port 0: the system chooses one. @throws Error when the port is taken */
export async function listen(api: FastifyInstance, { port, host }: { port: number; host: string }): Promise<Listening> {
  const url = await api.listen({ port, host });
  return { url, stop: () => api.close() };
}
