import { afterFault, Unavailable } from '@daybook/core';
import fc from 'fast-check';
import { DatabaseError } from 'pg';
import { faultOf, unavailable, writtenByApp } from './faults.ts';
import { meaningOfSqlState, remedyOfSqlState } from './sqlstates.ts';

/** Every code of PostgreSQL 15's appendix, and what came since: the class, and the ends of its codes. */
const APPENDIX: readonly (readonly [string, string])[] = [
  ['00', '000'],
  ['01', '000 00C 008 003 007 006 004 P01'],
  ['02', '000 001'],
  ['03', '000'],
  ['08', '000 003 006 001 004 007 P01'],
  ['09', '000'],
  ['0A', '000'],
  ['0B', '000'],
  ['0F', '000 001'],
  ['0L', '000 P01'],
  ['0P', '000'],
  ['0Z', '000 002'],
  ['20', '000'],
  ['21', '000'],
  [
    '22',
    '000 02E 021 008 012 005 00B 022 015 01E 014 016 01F 01G 018 007 019 00D 025 P06 010 023 013 01B 01W 01X 02H 02G 009 00C 00G 004 002 003 00H 026 001 011 027 024 00F P01 P02 P03 P04 P05 00L 00M 00N 00S 00T 030 031 032 033 034 035 036 037 038 039 03A 03B 03C 03D 03E 03F 03G',
  ],
  ['23', '000 001 502 503 505 514 P01'],
  ['24', '000'],
  ['25', '000 001 002 008 003 004 005 006 007 P01 P02 P03 P04'],
  ['26', '000'],
  ['27', '000'],
  ['28', '000 P01'],
  ['2B', '000 P01'],
  ['2D', '000'],
  ['2F', '000 005 002 003 004'],
  ['34', '000'],
  ['38', '000 001 002 003 004'],
  ['39', '000 001 004 P01 P02 P03'],
  ['3B', '000 001'],
  ['3D', '000'],
  ['3F', '000'],
  ['40', '000 002 001 003 P01'],
  [
    '42',
    '000 601 501 846 803 P20 P19 830 602 622 939 804 P18 P21 P22 809 8C9 703 883 P01 P02 704 701 P03 P04 723 P05 P06 P07 712 710 702 725 P08 P09 P10 611 P11 P12 P13 P14 P15 P16 P17',
  ],
  ['44', '000'],
  ['53', '000 100 200 300 400'],
  ['54', '000 001 011 023'],
  ['55', '000 006 P02 P03 P04'],
  ['57', '000 014 P01 P02 P03 P04 P05'],
  ['58', '000 030 P01 P02'],
  ['72', '000'],
  ['F0', '000 001'],
  ['HV', '000 005 002 010 021 024 007 008 004 006 091 00B 00C 00D 090 00A 009 014 001 00P 00J 00K 00Q 00R 00L 00M 00N'],
  ['P0', '000 001 002 003 004'],
  ['XX', '000 001 002'],
];
const ALL = APPENDIX.flatMap(([sqlClass, ends]) => ends.split(' ').map((end) => sqlClass + end));

/** What is about the values of a message, and about nothing else. */
const DATA = /^(21|22|23|44|54000|54001)/;
/** What an operator puts right by migrating. */
const MISSING = ['3F000', '42703', '42704', '42883', '42P01'];

function errorOf(code: string): DatabaseError {
  return Object.assign(new DatabaseError(`the server said ${code}`, 10, 'error'), { code });
}

test.each(ALL)('%s is waited for, unless it is about the data', (code) => {
  const error = errorOf(code);
  const fault = faultOf(error);
  if (DATA.test(code)) expect(fault).toBe(error);
  else expect(fault).toMatchObject({ code: 'unavailable', cause: error });
  // Nothing is wrong with a statement that was not even sent.
  expect(afterFault(unavailable(error))).toBe('wait');
});

test('the list is the whole of the appendix', () => {
  expect(ALL.length).toBeGreaterThan(250);
  expect(new Set(ALL).size).toBe(ALL.length);
});

test('what a migration creates says so, and nothing else does', () => {
  const told = ALL.filter((code) => (faultOf(errorOf(code)) as Error).message.includes("run 'daybook migrate', which"));
  expect(told.sort()).toEqual(MISSING);
});

test.each(['28P01', '3D000', '42501'])('%s says what to do', (code) => {
  expect((faultOf(errorOf(code)) as Error).message).toContain(`; ${remedyOfSqlState(code)}`);
});

const CHARACTERS = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const anyCode = fc.array(fc.constantFrom(...CHARACTERS), { minLength: 5, maxLength: 5 }).map((all) => all.join(''));

test('a code that nobody has heard of is waited for, unless its class is about data', () => {
  fc.assert(
    fc.property(fc.oneof(anyCode, fc.constantFrom(...ALL), fc.string()), (code) => {
      const waits = faultOf(errorOf(code)) instanceof Unavailable;
      expect(waits).toBe(meaningOfSqlState(code) !== 'data');
      if (!/^(21|22|23|44|54)/.test(code)) expect(waits).toBe(true);
    }),
  );
});

test('a mistake in the SQL of an app is told to the app; what concerns the server is waited for all the same', async () => {
  const thrownFor = (code: string) =>
    writtenByApp(() => Promise.reject(faultOf(errorOf(code)))).catch((error: unknown) => error);
  for (const code of ['42601', '08P01', '25P02', 'P0001']) expect(await thrownFor(code)).toBeInstanceOf(DatabaseError);
  for (const code of ['57P01', '42P01', '55000', '42501', 'XX000'])
    expect(await thrownFor(code)).toBeInstanceOf(Unavailable);
  expect(await thrownFor('22P02')).toBeInstanceOf(DatabaseError);
});

test('what the driver says is about the connection; values that it can not send or read are not', () => {
  expect(faultOf(new Error('Connection terminated unexpectedly'))).toBeInstanceOf(Unavailable);
  expect(faultOf(new AggregateError([], 'connect ECONNREFUSED'))).toBeInstanceOf(Unavailable);
  for (const mistake of [
    new TypeError('x is not a function'),
    new RangeError('Invalid time value'),
    new SyntaxError('x'),
  ])
    expect(faultOf(mistake)).toBe(mistake);
});
