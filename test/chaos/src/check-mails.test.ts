import { recordedEvents } from '@daybook/testing';
import { checkMails } from './check-mails.ts';

const data = { loan_application_uuid: '1' };
const feed = recordedEvents(
  ['loans-LoanRequest-1', { type: 'LoanRequested', data }],
  ['loans-LoanReview-1', { type: 'LoanApproved', data }],
);
const recordOf = (event_id = feed[1]?.id) =>
  recordedEvents(['effects_loans-NotifyApplicant-1', { type: 'MailSent', data: { event_id } }]);

test('one mail, one record', () => {
  expect(checkMails(feed, recordOf())).toEqual([]);
});

test('a mail that was not sent, or twice, is noticed', () => {
  expect(checkMails(feed, [])).toEqual(['the mail for LoanApproved on loans-LoanReview-1 is recorded 0 times']);
  expect(checkMails(feed, [...recordOf(), ...recordOf()])).toHaveLength(1);
});

test('a loan that nobody has asked for yet needs no mail', () => {
  expect(checkMails([...feed].reverse(), [])).toEqual([]);
});
