import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs, type CommandMessage, type Reply, Unavailable } from '@daybook/core';
import { type Consistency, preferenceOf } from './consistency.ts';
import { replyFromHttp } from './reply-from-http.ts';

/** The outcome of a command; `consistency` says whether read models include it, where strong consistency was asked for. */
export type Sent = Reply & { readonly consistency?: 'strong' | 'eventual' };

/** What to answer to by asking again with the same id: the gateway is busy, away, or did not get the outcome in time. */
const AGAIN = new Set([429, 502, 503, 504]);

/**
 * Sends a command through the gateway, again and again with the same id until its outcome is known.
 * @throws Unavailable when it isn't within `timeoutMs`; Error for an answer that is no outcome
 */
export async function sendOverHttp(
  gatewayUrl: string,
  message: CommandMessage,
  timeoutMs: number,
  wanted: Consistency,
): Promise<Sent> {
  const { context, command, commandId } = message;
  const url = `${gatewayUrl.replace(/\/$/, '')}/commands/${context}/${command.type}`;
  const prefer = preferenceOf(wanted, timeoutMs);
  const headers = { ...headersOf(message), ...(prefer !== undefined && { prefer }) };
  const body = JSON.stringify(command.data ?? null);
  const deadline = Date.now() + timeoutMs;
  for (let attempt = 1; ; attempt++) {
    const left = deadline - Date.now();
    let failure: unknown;
    try {
      const signal = AbortSignal.timeout(Math.max(1, left));
      const response = await fetch(url, { method: 'POST', headers, body, signal });
      const answer: unknown = await response.json().catch(() => undefined);
      if (!AGAIN.has(response.status)) {
        const consistency = response.headers.get('daybook-consistency');
        return { ...outcomeOf(response.status, answer), ...(consistency !== null && { consistency }) } as Sent;
      }
      failure = `the gateway answered ${response.status}`;
    } catch (error) {
      if (error instanceof NoOutcome) throw error;
      failure = error;
    }
    const pause = backoffMs(attempt, 50, 2_000);
    if (Date.now() + pause >= deadline) throw new Unavailable(`the outcome of ${commandId}`, failure);
    await sleep(pause);
  }
}

/** The gateway said something that is no outcome: wrong URL, no such context, not allowed. */
class NoOutcome extends Error {}

function outcomeOf(status: number, answer: unknown): Reply {
  const reply = replyFromHttp(status, answer);
  if (reply === undefined) throw new NoOutcome(`the gateway answered ${status}: ${JSON.stringify(answer)}`);
  return reply;
}

function headersOf({ commandId, correlationId, actor, traceparent }: CommandMessage): Record<string, string> {
  return {
    'content-type': 'application/json',
    'idempotency-key': commandId,
    ...(actor !== undefined && { 'daybook-actor': actor }),
    ...(correlationId !== undefined && { 'daybook-correlation-id': correlationId }),
    ...(traceparent !== undefined && { traceparent }),
  };
}
