import type { Measured } from './figures.ts';

/** A figure of the system, beside that of the bare pipeline where it was measured there as well. */
export interface Line {
  readonly figure: Measured;
  readonly baseline: Measured | undefined;
  /** As good as the bare pipeline is 1; better where more is better and less where less is. */
  readonly ratio: number | undefined;
}

/** Puts system and bare pipeline side by side. */
export function lines(daybook: readonly Measured[], baseline: readonly Measured[]): Line[] {
  return daybook.map((figure) => {
    const beside = baseline.find(({ benchmark, name }) => benchmark === figure.benchmark && name === figure.name);
    return { figure, baseline: beside, ratio: beside && ratioOf(figure, beside) };
  });
}

function ratioOf(figure: Measured, baseline: Measured): number {
  return figure.unit.endsWith('/s') ? figure.median / baseline.median : baseline.median / figure.median;
}

/** The table that is printed. */
export function table(all: readonly Line[]): string {
  const rows = all.map(({ figure, baseline, ratio }) => [
    `${figure.benchmark}: ${figure.name}`,
    numberText(figure.median),
    figure.unit,
    rangeText(figure),
    baseline === undefined ? '' : numberText(baseline.median),
    baseline === undefined ? '' : rangeText(baseline),
    ratio?.toFixed(2) ?? '',
  ]);
  const head = ['', 'median', '', 'range', 'pipeline', 'range', 'ratio'];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What the table says, for programs. Numbers are not rounded. */
export function json(machine: readonly string[], options: object, all: readonly Line[]): string {
  const figures = all.map(({ figure, baseline, ratio }) => ({
    ...figure,
    pipeline: baseline === undefined ? null : { median: baseline.median, least: baseline.least, most: baseline.most },
    ratio: ratio ?? null,
  }));
  return `${JSON.stringify({ machine, options, figures }, null, 2)}\n`;
}

/** A number with about three digits. */
export function numberText(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(value < 10 ? 2 : 1);
}

/** From the least to the most. */
export function rangeText({ least, most }: Measured): string {
  return `${numberText(least)} – ${numberText(most)}`;
}
