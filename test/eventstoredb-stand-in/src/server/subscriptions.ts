import type { Connection } from './connection.ts';

/** What runs on connections under a correlation id until it is ended. */
export interface Subscriptions {
  add(connection: Connection, correlationId: string, stop: () => void): void;
  /** False when there is none. */
  end(connection: Connection, correlationId: string): boolean;
}

/** Subscriptions of all connections; each ends with its connection. */
export function createSubscriptions(): Subscriptions {
  const byConnection = new Map<string, Map<string, () => void>>();
  return {
    add(connection, correlationId, stop) {
      let own = byConnection.get(connection.id);
      if (!own) {
        own = new Map();
        byConnection.set(connection.id, own);
        connection.onClose(() => {
          for (const end of byConnection.get(connection.id)?.values() ?? []) end();
          byConnection.delete(connection.id);
        });
      }
      own.set(correlationId, stop);
    },
    end(connection, correlationId) {
      const stop = byConnection.get(connection.id)?.get(correlationId);
      byConnection.get(connection.id)?.delete(correlationId);
      stop?.();
      return stop !== undefined;
    },
  };
}
