import type { Measured } from './figures.ts';

/** A figure of the system, and of the bare pipeline where it was measured there as well. */
export interface Line {
  readonly figure: Measured;
  readonly floor: Measured | undefined;
}

/** As good as the bare pipeline is 1; better where more is better and less where less is. */
export function ratioOf({ figure, floor }: Line): number | undefined {
  if (floor === undefined) return undefined;
  return figure.unit.endsWith('/s') ? figure.median / floor.median : floor.median / figure.median;
}

/** Puts system and bare pipeline side by side. */
export function lines(daybook: readonly Measured[], floor: readonly Measured[]): Line[] {
  return daybook.map((figure) => ({
    figure,
    floor: floor.find(({ benchmark, name }) => benchmark === figure.benchmark && name === figure.name),
  }));
}

/** The table that is printed. */
export function table(all: readonly Line[]): string {
  const rows = all.map((line) => [
    `${line.figure.benchmark}: ${line.figure.name}`,
    figure(line.figure.median),
    line.figure.unit,
    `${figure(line.figure.least)} – ${figure(line.figure.most)}`,
    line.floor === undefined ? '' : figure(line.floor.median),
    ratioOf(line)?.toFixed(2) ?? '',
  ]);
  const head = ['', 'median', '', 'range', 'floor', 'ratio to floor'];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
        )
        .join('  '),
    )
    .join('\n');
}

function figure(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(value < 10 ? 2 : 1);
}
