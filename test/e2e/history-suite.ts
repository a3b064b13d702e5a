import { randomUUID } from 'node:crypto';
import type { Applicant } from './applicant.ts';
import type { TestSystem } from './system.ts';

interface Entry {
  readonly position: number | null;
  readonly stream: string;
  readonly event_id: string;
  readonly type: string;
  readonly recorded_at: string;
  readonly actor: string | null;
  readonly command_id: string;
  readonly causation_id: string;
  readonly correlation_id: string;
  readonly refused?: { readonly command: string; readonly code: string };
}

/** Who, when and why; and what was then. @param positions whether the store tells the position of a stream's event */
export function historySuite(system: () => TestSystem, applicant: () => Applicant, positions: boolean): void {
  describe('history and time travel', () => {
    const ask = async (path: string) => {
      const answer = await fetch(`${system().queryUrl}/loans/loan-applications/${path}`);
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
    };
    const tell = async (type: string, id: string, headers: Record<string, string>, more: object = {}) => {
      const answer = await fetch(`${system().gatewayUrl}/commands/loans/${type}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ loan_application_uuid: id, ...more }),
      });
      await answer.arrayBuffer();
      return answer.status;
    };

    test('who asked is told, over HTTP and AMQP, and what a process manager sent because of it', async () => {
      const id = randomUUID();
      await applicant().request(id);
      const ben = { 'daybook-actor': 'ben', 'daybook-correlation-id': `talk-${id}`, 'idempotency-key': `key-${id}` };
      expect(await tell('SubmitLoanRequest', id, ben)).toBe(200);
      await applicant().reaches(id, 'pending_review');
      expect(await tell('SubmitLoanRequest', id, { 'daybook-actor': 'cleo' })).toBe(422);

      const { items } = (await ask(`${id}/history`)).body as { items: Entry[] };
      const [requested, submitted, issued, refused] = [
        'LoanRequested',
        'LoanRequestSubmitted',
        'LoanReviewIssued',
        'CommandRejected',
      ].map((type) => items.find((entry) => entry.type === type) as Entry);
      expect(items).toHaveLength(4);
      expect(requested?.actor).toBe('ann');
      expect(submitted).toMatchObject({
        actor: 'ben',
        command_id: ben['idempotency-key'],
        correlation_id: ben['daybook-correlation-id'],
      });
      expect(issued).toMatchObject({
        stream: `loans-LoanReview-${id}`,
        actor: 'ReviewLoanRequest',
        causation_id: submitted?.event_id,
        correlation_id: ben['daybook-correlation-id'],
      });
      expect(refused).toMatchObject({
        actor: 'cleo',
        refused: { command: 'SubmitLoanRequest', code: 'loan_request_already_submitted' },
      });
      expect(items.every(({ position }) => (position !== null) === positions)).toBe(true);
      const inOrder = items.map(({ position, recorded_at }) => position ?? recorded_at);
      expect([...inOrder].sort((a, b) => (a < b ? -1 : 1))).toEqual(inOrder);
    });

    test('a loan as it was when each of its events was recorded', async () => {
      const id = await applicant().loanThatIs('denied');
      const { items } = (await ask(`${id}/history`)).body as { items: Entry[] };
      const statuses = ['pending_submission', 'submitted', 'pending_review', 'denied'];
      for (const [n, { recorded_at, position }] of items.entries()) {
        const { headers, body } = await ask(`${id}?as_of=${recorded_at}`);
        expect(body.status).toBe(statuses[n]);
        expect(headers.get('daybook-position')).toBe(position === null ? null : String(position));
        const byPosition = await ask(`${id}?as_of=${position ?? 1}`);
        if (positions) expect(byPosition.body).toEqual(body);
        else expect(byPosition).toMatchObject({ status: 400, body: { error: { code: 'as_of_position_unknown' } } });
      }
      expect(items).toHaveLength(4);
      const before = new Date(Date.parse(items[0]?.recorded_at ?? '') - 1).toISOString();
      expect((await ask(`${id}?as_of=${before}`)).body.type).toBe('urn:daybook:problem:before-the-first-event');
      const now = await ask(id);
      const last = await ask(`${id}?as_of=${items[3]?.recorded_at}`);
      expect(last.body).toEqual(now.body);
      expect(last.headers.get('etag')).toBe(now.headers.get('etag'));
    });
  });
}
