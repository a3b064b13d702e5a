import type { Line } from './report.ts';

const WIDTH = 760;
const LABEL = 260;
const BAR = 14;
const GAP = 12;

/** Bars of the system over those of the bare pipeline, as an SVG; only what is measured as a rate. */
export function plot(all: readonly Line[]): string {
  const shown = all.filter(({ figure }) => figure.unit.endsWith('/s'));
  const most = Math.max(...shown.flatMap(({ figure, floor }) => [figure.median, floor?.median ?? 0]));
  const bars = shown.map((line, n) => barsOf(line, 20 + n * (2 * BAR + GAP), most));
  const height = 30 + shown.length * (2 * BAR + GAP);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">
<text x="${LABEL}" y="12">a second; blue: Daybook, grey: the bare pipeline</text>
${bars.join('\n')}
</svg>
`;
}

function barsOf({ figure, floor }: Line, y: number, most: number): string {
  const bar = (value: number, top: number, colour: string) => {
    const width = ((WIDTH - LABEL - 60) * value) / most;
    return `<rect x="${LABEL}" y="${top}" width="${width.toFixed(1)}" height="${BAR}" fill="${colour}"/><text x="${(LABEL + width + 4).toFixed(1)}" y="${top + 11}">${Math.round(value)}</text>`;
  };
  const label = `<text x="${LABEL - 8}" y="${y + 11}" text-anchor="end">${figure.benchmark}: ${figure.name}</text>`;
  return [label, bar(figure.median, y, '#3465a4'), floor ? bar(floor.median, y + BAR, '#babdb6') : ''].join('');
}
