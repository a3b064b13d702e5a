import type { RecordedEvent } from '@daybook/core';
import { notifyApplicant } from '@daybook/loans';

/**
 * Each mail that was due is on record, once. It was due when the loan had been asked for before.
 * @param effects the records of mails
 * @returns what is wrong, in words
 */
export function checkMails(feed: readonly RecordedEvent[], effects: readonly RecordedEvent[]): string[] {
  const wrong: string[] = [];
  const records = new Map<string, number>();
  for (const { data } of effects) {
    const { event_id } = data as { event_id: string };
    records.set(event_id, (records.get(event_id) ?? 0) + 1);
  }
  const asked = new Set<string>();
  for (const { id, type, streamId, data } of feed) {
    const { loan_application_uuid = '' } = data as { loan_application_uuid?: string };
    if (type === 'LoanRequested') asked.add(loan_application_uuid);
    if (!notifyApplicant.reactsTo.includes(type)) continue;
    const times = records.get(id) ?? 0;
    if (times > 1 || (times === 0 && asked.has(loan_application_uuid)))
      wrong.push(`the mail for ${type} on ${streamId} is recorded ${times} times`);
  }
  return wrong;
}
