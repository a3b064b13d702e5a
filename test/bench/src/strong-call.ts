import type { Publication } from './publisher.ts';

/** Calls the command-gateway, on connections that are kept, and waits for every read model that the command changes. */
export function strongCallTo(gatewayUrl: string): (command: Publication) => Promise<void> {
  return async ({ type, data }) => {
    const answer = await fetch(`${gatewayUrl}/commands/loans/${type}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'consistency=strong' },
      body: JSON.stringify(data),
    });
    const text = await answer.text();
    const consistency = answer.headers.get('daybook-consistency');
    if (answer.status !== 200 || consistency !== 'strong') {
      throw new Error(`${type} was answered with ${answer.status}, consistency ${consistency}: ${text}`);
    }
  };
}
