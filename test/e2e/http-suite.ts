import { randomUUID } from 'node:crypto';
import type { Applicant } from './applicant.ts';
import type { TestSystem } from './system.ts';

/** Commands and queries over HTTP, on a system that is there once the tests run. */
export function httpSuite(system: () => TestSystem, applicant: () => Applicant): void {
  describe('over HTTP', () => {
    const post = (type: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${system().gatewayUrl}/commands/loans/${type}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });

    test('accepted, asked again, rejected, invalid, unknown', async () => {
      const data = { loan_application_uuid: randomUUID(), amount: 1000, duration: 6 };
      const headers = { 'idempotency-key': randomUUID(), 'daybook-actor': 'ben' };
      const accepted = await post('RequestLoan', data, headers);
      expect(accepted.status).toBe(200);
      const reply = (await accepted.json()) as { stream: string; command_id: string };
      expect(reply).toMatchObject({ status: 'accepted', command_id: headers['idempotency-key'] });
      expect(await (await post('RequestLoan', data, headers)).json()).toEqual(reply);

      const rejected = await post('RequestLoan', data);
      expect(rejected.status).toBe(422);
      expect(await rejected.json()).toMatchObject({ error: { code: 'loan_already_requested' } });
      const invalid = await post('RequestLoan', { ...data, amount: 'a lot' });
      expect(invalid.status).toBe(400);
      expect(await invalid.json()).toMatchObject({ error: { issues: [{ path: 'amount' }] } });
      expect((await post('RequestMoney', data)).status).toBe(404);

      const outcome = await fetch(`${system().queryUrl}/outcomes/${reply.stream}/${reply.command_id}`);
      expect(await outcome.json()).toEqual(reply);
      await applicant().reaches(data.loan_application_uuid, 'pending_submission');
    });

    test('one key for twenty aggregates at once: each has its own outcome; with other data it is refused', async () => {
      const key = randomUUID();
      const headers = { 'idempotency-key': key };
      const ids = Array.from({ length: 20 }, () => randomUUID());
      const request = (id: string, amount: number) =>
        post('RequestLoan', { loan_application_uuid: id, amount, duration: 6 }, headers);
      const replies = await Promise.all(ids.map(async (id) => (await request(id, 1000)).json()));
      expect(replies).toEqual(
        ids.map((id) => expect.objectContaining({ status: 'accepted', stream: `loans-LoanRequest-${id}` })),
      );
      for (const id of ids) await applicant().reaches(id, 'pending_submission');

      const reused = await request(ids[0] as string, 2000);
      expect(reused.status).toBe(422);
      expect(await reused.json()).toMatchObject({ type: 'urn:daybook:problem:idempotency-key-reused' });
      expect(await (await request(ids[0] as string, 1000)).json()).toEqual(replies[0]);
    });

    test('lists come in pages, by status', async () => {
      const id = await applicant().loanThatIs('denied');
      const seen: unknown[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const query = new URLSearchParams({ status: 'denied', limit: '2', ...(cursor ? { cursor } : {}) });
        const page = (await (await fetch(`${system().queryUrl}/loans/loan-applications?${query}`)).json()) as {
          items: { status: string; loan_application_uuid: string }[];
          next: string | null;
        };
        expect(page.items.length).toBeLessThanOrEqual(2);
        expect(page.items.every(({ status }) => status === 'denied')).toBe(true);
        seen.push(...page.items.map(({ loan_application_uuid }) => loan_application_uuid));
        cursor = page.next;
      }
      expect(seen).toContain(id);
      expect(new Set(seen).size).toBe(seen.length);
    });
  });
}
