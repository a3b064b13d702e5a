import { recordedEvents } from '@daybook/testing';
import { notifyApplicant } from './notify-applicant.ts';

const loan_application_uuid = '6e0a2a60-90a6-4ce8-9a09-4e3b6f5ff1a5';
const [asked] = recordedEvents([
  `loans-LoanRequest-${loan_application_uuid}`,
  { type: 'LoanRequested', data: { loan_application_uuid, amount: 1000, duration: 6 } },
]) as [ReturnType<typeof recordedEvents>[number]];
const mailOn = (type: string, to: string | null) =>
  notifyApplicant.mail({ ...asked, type, data: { loan_application_uuid } }, { LoanRequest: to });

test.each([
  ['LoanApproved', 'Your loan is approved'],
  ['LoanDenied', 'Your loan is denied'],
  ['LoanContractIssued', 'Your contract waits for you'],
])('on %s the applicant is told', (type, subject) => {
  expect(notifyApplicant.reactsTo).toContain(type);
  expect(mailOn(type, 'ann')).toEqual({ to: 'ann', subject, text: expect.stringContaining(loan_application_uuid) });
});

test('who did not say who they are is not told', () => {
  expect(mailOn('LoanApproved', null)).toBeUndefined();
});

test('the applicant is who asked for the loan', () => {
  const fold = notifyApplicant.folds.LoanRequest;
  const by = (actor: string | undefined) => ({ ...asked, metadata: { ...asked.metadata, actor } });
  expect(fold?.evolve(null, by('ann'))).toBe('ann');
  expect(fold?.evolve(null, by(undefined))).toBeNull();
  expect(fold?.evolve('ann', { ...by('bob'), type: 'LoanRequestSubmitted' })).toBe('ann');
});
