import { randomUUID } from 'node:crypto';
import { Applicant } from './applicant.ts';
import { historySuite } from './history-suite.ts';
import { httpSuite } from './http-suite.ts';
import { connectPlainClient, type PlainClient } from './plain-amqp.ts';
import { loanApplication, startTestSystem, type TestSystem, type TestSystemOptions } from './system.ts';

/** The life of a loan, every rejection and rubbish, through RabbitMQ and over HTTP. */
export function loansSuite(options: TestSystemOptions = {}): void {
  let system: TestSystem;
  let client: PlainClient;
  let applicant: Applicant;

  beforeAll(async () => {
    system = await startTestSystem(options);
    client = await connectPlainClient(system.rabbitmqUrl);
    applicant = new Applicant(system, client);
  }, 180_000);

  afterAll(async () => {
    await client?.close();
    await system?.stop();
  }, 60_000);

  describe('the life of a loan', () => {
    test('the happy path: requested, submitted, reviewed, approved, contracted, signed', async () => {
      const id = randomUUID();
      const reply = await applicant.request(id);
      expect(reply).toMatchObject({
        status: 'accepted',
        stream: `loans-LoanRequest-${id}`,
        revision: 0,
        events: [{ type: 'LoanRequested', revision: 0 }],
      });
      await applicant.reaches(id, 'pending_submission');
      expect(await applicant.send('SubmitLoanRequest', id)).toMatchObject({ status: 'accepted', revision: 1 });
      await applicant.reaches(id, 'pending_review');
      expect(await applicant.send('ApproveLoan', id)).toMatchObject({ status: 'accepted', revision: 1 });
      await applicant.reaches(id, 'pending_signature');
      expect(await applicant.send('SignContract', id)).toMatchObject({ status: 'accepted', revision: 1 });
      await applicant.reaches(id, 'signed');
      const row = await loanApplication(system, id);
      const times = ['requested', 'submitted', 'review_issued', 'approved', 'contract_issued', 'signed'].map(
        (name) => row?.[`${name}_at`],
      );
      expect([...times].sort()).toEqual(times);
      expect(row).toMatchObject({
        loan_application_uuid: id,
        amount: 1000,
        duration: 6,
        denied_at: null,
        rejected_at: null,
      });

      const events = (await system.feed()).filter(({ streamId }) => streamId.endsWith(id));
      expect(events.map(({ type }) => type)).toEqual([
        'LoanRequested',
        'LoanRequestSubmitted',
        'LoanReviewIssued',
        'LoanApproved',
        'LoanContractIssued',
        'ContractSigned',
      ]);
      const [, submitted, issued] = events;
      expect(issued?.metadata).toMatchObject({
        causation_id: submitted?.id,
        correlation_id: submitted?.metadata.correlation_id,
        actor: 'ReviewLoanRequest',
      });
      expect(submitted?.metadata.actor).toBe('ann');
    });

    test('the denied path', async () => {
      const id = await applicant.loanThatIs('denied');
      expect(await loanApplication(system, id)).toMatchObject({
        status: 'denied',
        approved_at: null,
        contract_issued_at: null,
      });
    });

    test('the rejected contract', async () => {
      expect(await loanApplication(system, await applicant.loanThatIs('rejected'))).toMatchObject({
        status: 'rejected',
        signed_at: null,
      });
    });
  });

  describe('every rejection, through RabbitMQ', () => {
    test.each([
      [499, 6, 'amount_is_too_low'],
      [500, 2, 'duration_is_too_low'],
      [499, 2, 'amount_is_too_low'],
    ])('RequestLoan(%i, %i): %s', async (amount, duration, code) => {
      expect(await applicant.request(randomUUID(), amount, duration)).toMatchObject({
        status: 'rejected',
        revision: 0,
        error: { code },
      });
    });

    const refused: [from: string | undefined, command: string, code: string][] = [
      ['pending_submission', 'RequestLoan', 'loan_already_requested'],
      [undefined, 'SubmitLoanRequest', 'loan_not_requested'],
      ['pending_review', 'SubmitLoanRequest', 'loan_request_already_submitted'],
      ['pending_review', 'IssueLoanReview', 'loan_review_already_issued'],
      [undefined, 'ApproveLoan', 'loan_review_not_issued'],
      ['pending_signature', 'ApproveLoan', 'loan_already_approved'],
      ['denied', 'ApproveLoan', 'loan_already_denied'],
      [undefined, 'DenyLoan', 'loan_review_not_issued'],
      ['pending_signature', 'DenyLoan', 'loan_already_approved'],
      ['denied', 'DenyLoan', 'loan_already_denied'],
      ['pending_signature', 'IssueLoanContract', 'loan_contract_already_issued'],
      [undefined, 'SignContract', 'loan_contract_not_issued'],
      ['signed', 'SignContract', 'contract_already_signed'],
      ['rejected', 'SignContract', 'contract_already_rejected'],
      [undefined, 'RejectContract', 'loan_contract_not_issued'],
      ['signed', 'RejectContract', 'contract_already_signed'],
      ['rejected', 'RejectContract', 'contract_already_rejected'],
    ];
    test.each(refused)('from %s, %s: %s', async (from, command, code) => {
      const id = from === undefined ? randomUUID() : await applicant.loanThatIs(from);
      const reply = await (command === 'RequestLoan' ? applicant.request(id) : applicant.send(command, id));
      expect(reply).toMatchObject({ status: 'rejected', error: { code } });
      const stream = await system.store.read(reply.stream ?? '', 0, 100);
      const recorded = stream.filter(({ metadata }) => metadata.command_id === reply.command_id);
      expect(recorded).toMatchObject([
        { type: 'CommandRejected', data: { command, code, data: { loan_application_uuid: id } } },
      ]);
    });
  });

  test('one message id, three publications: one outcome, three equal replies', async () => {
    const id = randomUUID();
    const messageId = `message ${randomUUID()}`;
    const data = { loan_application_uuid: id, amount: 1000, duration: 6 };
    const replies = await Promise.all([1, 2, 3].map(() => client.send('RequestLoan', data, { messageId })));
    replies.push(await client.send('RequestLoan', data, { messageId }));
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(await system.store.read(`loans-LoanRequest-${id}`, 0, 100)).toHaveLength(1);
  });

  describe('what can not be understood', () => {
    const good = { loan_application_uuid: '7c9e6679-7425-40de-944b-e07fc1f90ae7', amount: 1000, duration: 6 };
    test.each([
      ['is not JSON', 'RequestLoan', { body: '{"loan' }, 'not_json'],
      ['is not a known command', 'RequestMoney', { body: '{}' }, 'unknown_command'],
      ['lacks its id', 'RequestLoan', { body: JSON.stringify(good), messageId: null }, 'message_id_missing'],
      ['has a wrong field', 'RequestLoan', { body: JSON.stringify({ ...good, amount: 'a lot' }) }, 'invalid_data'],
      ['has a field too many', 'RequestLoan', { body: JSON.stringify({ ...good, amuont: 1 }) }, 'invalid_data'],
    ])(
      'a message that %s is answered invalid and parked whole; the next one goes through at once',
      async (_what, type, message, code) => {
        const [bad, next] = await Promise.all([client.send(type, undefined, message), applicant.request(randomUUID())]);
        expect(bad).toMatchObject({ status: 'invalid', error: { code } });
        expect(next.status).toBe('accepted');
        const parked = await client.take('commands.loans.parked');
        expect(parked.body).toBe(message.body);
        expect(parked.properties.type).toBe(type);
        expect(parked.properties.headers).toMatchObject({
          'x-parked-code': code,
          'x-parked-reason': bad.error?.message,
          actor: 'ann',
        });
      },
    );

    test('the reply says which field is wrong', async () => {
      const reply = await client.send('RequestLoan', { ...good, duration: 1.5 });
      expect(reply.error?.issues).toMatchObject([{ path: 'duration' }]);
      await client.take('commands.loans.parked');
    });
  });

  httpSuite(
    () => system,
    () => applicant,
  );
  historySuite(
    () => system,
    () => applicant,
    options.startEventStore === undefined,
  );
}
