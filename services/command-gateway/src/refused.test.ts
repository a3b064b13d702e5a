import { data, PATH, PROBLEM, post } from './test-gateway.ts';

describe('what is refused before anything is published', () => {
  test('data that is not valid: 400 with the issues', async () => {
    const { status, type, body, requests } = await post(PATH, { body: { ...data, amount: 'many', colour: 'red' } });
    expect({ status, type, requests }).toEqual({ status: 400, type: PROBLEM, requests: [] });
    expect(body.error).toEqual({
      code: 'invalid_data',
      message: expect.stringContaining('amount: Invalid input') as string,
      issues: [
        { path: 'amount', message: 'Invalid input: expected number, received string' },
        { path: '', message: 'Unrecognized key: "colour"' },
      ],
    });
    expect(body).toMatchObject({ outcome: 'invalid' });
  });

  test('a body that is no JSON: 400', async () => {
    expect(await post(PATH, { body: '{' })).toMatchObject({ status: 400, type: PROBLEM, requests: [] });
  });

  test('a body that is not declared as JSON: 415', async () => {
    expect(await post(PATH, { body: 'x', headers: { 'content-type': 'text/xml' } })).toMatchObject({
      status: 415,
      type: PROBLEM,
    });
  });

  test('a body that is too large: 413', async () => {
    expect(await post(PATH, { body: 'x'.repeat(2 ** 20 + 1) })).toMatchObject({ status: 413, type: PROBLEM });
  });

  test.each([
    ['idempotency-key', 'a b'],
    ['idempotency-key', 'x'.repeat(256)],
    ['daybook-causation-id', 'ä'],
  ])('header %s: %s', async (name, value) => {
    expect(await post(PATH, { headers: { [name]: value } })).toMatchObject({
      status: 400,
      type: PROBLEM,
      requests: [],
      body: { error: { issues: [{ path: `header.${name}`, message: '1 to 255 visible ASCII characters' }] } },
    });
  });

  test('an unknown command: 404 that names the known ones', async () => {
    expect(await post('/commands/loans/PayLoan')).toMatchObject({
      status: 404,
      type: PROBLEM,
      body: { detail: expect.stringContaining('RequestLoan, SubmitLoanRequest') as string },
    });
  });

  test('an unknown context: 404 that names the known ones', async () => {
    expect(await post('/commands/cars/BuyCar')).toMatchObject({
      status: 404,
      type: PROBLEM,
      body: { detail: "no context 'cars'; these are: loans" },
    });
  });
});
