import type { GroupProgress } from '@daybook/core';

/** How far a build was at a moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly progress: GroupProgress;
}

/** The bar's characters. */
const WIDTH = 24;
/** The rate is that of the last so many milliseconds. */
const WINDOW_MS = 10_000;

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `61,000 of 200,000 events` */
export function progressText({ done, head }: GroupProgress): string {
  return `${number.format(done)} of ${number.format(head)} events`;
}

/** Events a second since the first sample that is still of interest; undefined where that can't be told yet. */
export function rateOf(samples: readonly Sample[]): number | undefined {
  const last = samples.at(-1);
  const first = samples.find(({ at }) => last !== undefined && at >= last.at - WINDOW_MS);
  if (first === undefined || last === undefined || last.at === first.at) return undefined;
  return ((last.progress.done - first.progress.done) * 1000) / (last.at - first.at);
}

/** `[█████···] 30 %  61,000 of 200,000 events  9,800/s  139,000 remain  about 14 s` */
export function progressLine(samples: readonly Sample[]): string {
  const progress = samples.at(-1)?.progress ?? { done: 0, head: 0, aside: 0 };
  const { done, head, aside } = progress;
  const share = head === 0 ? 1 : Math.min(1, done / head);
  const filled = Math.floor(share * WIDTH);
  const bar = `[${'█'.repeat(filled)}${'·'.repeat(WIDTH - filled)}]`;
  const rate = rateOf(samples);
  const remain = Math.max(0, head - done);
  const parts = [`${bar} ${Math.floor(share * 100)} %`, progressText(progress)];
  if (rate !== undefined) parts.push(`${number.format(rate)}/s`);
  parts.push(`${number.format(remain)} remain`);
  if (rate !== undefined && rate > 0 && remain > 0) parts.push(`about ${durationOf(remain / rate)}`);
  if (aside > 0) parts.push(`${number.format(aside)} set aside`);
  return parts.join('  ');
}

/** @param seconds at least 0 */
export function durationOf(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} min`;
  return `${Math.round(whole / 3600)} h`;
}
