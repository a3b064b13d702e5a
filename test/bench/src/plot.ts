import type { Measured } from './figures.ts';
import { type Line, numberText, rangeText } from './report.ts';

const WIDTH = 960;
const LABEL = 380;
const TEXT = 190;
const BAR = 13;
const GAP = 8;
const HEADING = 30;
const DAYBOOK = '#3465a4';
const PIPELINE = '#babdb6';

/** Those that are drawn to one scale. */
interface Scale {
  readonly benchmark: string;
  readonly unit: string;
  readonly lines: Line[];
}

/** Every figure as a bar, with its range, over that of the bare pipeline, as an SVG. Each benchmark has a scale for each unit. */
export function plot(machine: readonly string[], all: readonly Line[]): string {
  let y = 20 + 15 * machine.length;
  const drawn = scalesOf(all).map((scale) => {
    const text = draw(scale, y);
    y += heightOf(scale);
    return text;
  });
  const head = machine.map((line, n) => `<text x="10" y="${15 * (n + 1)}" fill="#555753">${escaped(line)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="11">
<title>What the benchmark measured, over the bare pipeline</title>
<rect width="${WIDTH}" height="${y}" fill="white"/>
${[...head, ...drawn].join('\n')}
</svg>
`;
}

function scalesOf(all: readonly Line[]): Scale[] {
  const scales = new Map<string, Scale>();
  for (const line of all) {
    const { benchmark, unit } = line.figure;
    const scale = scales.get(`${benchmark} ${unit}`) ?? { benchmark, unit, lines: [] };
    scale.lines.push(line);
    scales.set(`${benchmark} ${unit}`, scale);
  }
  return [...scales.values()];
}

function heightOf({ lines }: Scale): number {
  return HEADING + lines.reduce((sum, line) => sum + barsOf(line).length * BAR + GAP, 0);
}

function barsOf({ figure, baseline }: Line): { measured: Measured; colour: string }[] {
  const own = { measured: figure, colour: DAYBOOK };
  return baseline === undefined ? [own] : [own, { measured: baseline, colour: PIPELINE }];
}

function draw({ benchmark, unit, lines }: Scale, top: number): string {
  const most = Math.max(...lines.flatMap((line) => barsOf(line).map(({ measured }) => measured.most)));
  const beside = lines.some(({ baseline }) => baseline) ? '; grey: the bare pipeline' : '';
  const texts = [`<text x="10" y="${top + 18}" font-weight="bold">${benchmark}, ${escaped(unit)}${beside}</text>`];
  let y = top + HEADING;
  for (const line of lines) {
    texts.push(`<text x="${LABEL - 8}" y="${y + 10}" text-anchor="end">${escaped(line.figure.name)}</text>`);
    const ratio = line.ratio === undefined ? '' : `, ratio ${line.ratio.toFixed(2)}`;
    for (const [n, { measured, colour }] of barsOf(line).entries()) {
      texts.push(barOf(measured, { y, colour, most, more: n === 0 ? ratio : '' }));
      y += BAR;
    }
    y += GAP;
  }
  return texts.join('\n');
}

interface Drawing {
  readonly y: number;
  readonly colour: string;
  /** What is as wide as there is room for. */
  readonly most: number;
  readonly more: string;
}

function barOf(measured: Measured, { y, colour, most, more }: Drawing): string {
  const at = (value: number) => LABEL + (most > 0 ? ((WIDTH - LABEL - TEXT) * value) / most : 0);
  const middle = y + BAR / 2;
  const width = (at(measured.median) - LABEL).toFixed(1);
  const range = measured.most > measured.least;
  const whisker = `<path d="M${at(measured.least).toFixed(1)} ${middle}H${at(measured.most).toFixed(1)}" stroke="black"/>`;
  const text = `${numberText(measured.median)}${range ? ` (${rangeText(measured)})` : ''}${more}`;
  return [
    `<rect x="${LABEL}" y="${y}" width="${width}" height="${BAR - 1}" fill="${colour}"/>`,
    range ? whisker : '',
    `<text x="${(at(measured.most) + 4).toFixed(1)}" y="${y + 10}">${text}</text>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
