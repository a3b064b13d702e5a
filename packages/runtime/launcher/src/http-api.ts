import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints } from './services.ts';

const REQUEST_TIMEOUT_MS = 15_000;

/** What came back: the HTTP status and the body's JSON. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** A reply to a command. `error` when it was refused, `events` when it was accepted. */
export interface CommandReply {
  status?: string | number;
  events?: { type: string }[];
  error?: { code: string; message: string };
}

async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  const text = await answer.text();
  try {
    return { status: answer.status, body: JSON.parse(text) };
  } catch {
    return { status: answer.status, body: { text } };
  }
}

/** The loans part of the HTTP API, as a client sees it. */
export function createLoansApi({ gatewayUrl, queryUrl }: Endpoints, queryDeadlineMs: number) {
  return {
    /** Sends a command and returns the reply, once the read models include it. Throws when the gateway does not answer. */
    send(type: string, data: object): Promise<Answer> {
      return request(`${gatewayUrl}/commands/loans/${type}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'daybook-actor': 'ann', prefer: 'consistency=strong' },
        body: JSON.stringify(data),
      });
    },

    /** Reads a loan application until it has the status, which a process manager may have to bring; the last answer if it never does. */
    async readUntil(id: string, status: string): Promise<Answer> {
      const deadline = Date.now() + queryDeadlineMs;
      for (;;) {
        const answer = await request(`${queryUrl}/loans/loan-applications/${id}`);
        if (answer.body.status === status || Date.now() > deadline) return answer;
        await sleep(50);
      }
    },
  };
}
