/** SVG charts with a logarithmic x axis. */

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly yScale: 'log' | 'share';
  readonly series: readonly Series[];
}

const width = 900;
const height = 440;
const margin = { top: 56, right: 268, bottom: 60, left: 84 };
const right = width - margin.right;
const bottom = height - margin.bottom;
/** Colours for all kinds of colour vision (Okabe and Ito). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#555555', '#8c564b'];
const legendStep = 22;
const labelWidth = 26;
const font = 'font-family="system-ui, sans-serif"';

export function renderChart({ title, xLabel, yLabel, yScale, series }: Chart): string {
  const xs = series.flatMap(({ points }) => points.map(({ x }) => x));
  const ys = series.flatMap(({ points }) => points.map(({ y }) => y));
  const xDecades = decades(Math.min(...xs), Math.max(...xs));
  const yDecades = decades(Math.min(...ys), Math.max(...ys));
  const xAt = logarithmic(Math.min(...xs) / 1.15, Math.max(...xs) * 1.15, margin.left, right);
  const yAt =
    yScale === 'log'
      ? logarithmic(yDecades[0] ?? 1, yDecades.at(-1) ?? 10, bottom, margin.top)
      : (y: number) => bottom - y * (bottom - margin.top) * 0.96;
  const yTicks = yScale === 'log' ? yDecades : [0, 0.2, 0.4, 0.6, 0.8, 1];
  const xTicks = legible(
    [...new Set([...xDecades, ...xs])].filter((x) => xs.includes(x)).sort((a, b) => a - b),
    xAt,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>`,
    text(margin.left, 30, title, 'start', 17, 600),
    ...yTicks.map((y) => horizontal(yAt(y), yScale === 'log' ? duration(y) : `${Math.round(y * 100)} %`)),
    ...xTicks.map((x) => vertical(xAt(x), quantity(x))),
    text((margin.left + right) / 2, height - 14, xLabel, 'middle', 13),
    `<g transform="translate(20 ${(margin.top + bottom) / 2}) rotate(-90)">${text(0, 0, yLabel, 'middle', 13)}</g>`,
    ...series.map((one, number) => line(one, number, xAt, yAt)),
    '</svg>',
    '',
  ].join('\n');
}

function logarithmic(low: number, high: number, from: number, to: number) {
  return (value: number) => from + ((to - from) * Math.log(value / low)) / Math.log(high / low);
}

function decades(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.max(first + 1, Math.ceil(Math.log10(high)));
  return Array.from({ length: last - first + 1 }, (_, at) => 10 ** (first + at));
}

function legible(ticks: readonly number[], xAt: (x: number) => number): number[] {
  const shown: number[] = [];
  for (const tick of ticks) if (xAt(tick) - xAt(shown.at(-1) ?? 0) > labelWidth) shown.push(tick);
  return shown;
}

function horizontal(y: number, label: string): string {
  const rule = `<line x1="${margin.left}" y1="${at(y)}" x2="${right}" y2="${at(y)}" stroke="#e3e6ea"/>`;
  return `${rule}${text(margin.left - 10, y + 4, label, 'end', 12)}`;
}

function vertical(x: number, label: string): string {
  const rule = `<line x1="${at(x)}" y1="${margin.top}" x2="${at(x)}" y2="${bottom}" stroke="#eff1f3"/>`;
  return `${rule}${text(x, bottom + 20, label, 'middle', 12)}`;
}

function line({ name, points }: Series, number: number, xAt: (x: number) => number, yAt: (y: number) => number): string {
  const colour = colours[number % colours.length] ?? '#000000';
  const dashes = number % 2 === 0 ? '' : ' stroke-dasharray="6 4"';
  const path = points.map(({ x, y }, step) => `${step === 0 ? 'M' : 'L'}${at(xAt(x))} ${at(yAt(y))}`).join(' ');
  const legendY = margin.top + 10 + number * legendStep;
  return [
    `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2.5"${dashes}/>`,
    ...points.map(({ x, y }) => marker(xAt(x), yAt(y), number, colour)),
    `<line x1="${right + 20}" y1="${legendY}" x2="${right + 48}" y2="${legendY}" stroke="${colour}" stroke-width="2.5"${dashes}/>`,
    marker(right + 34, legendY, number, colour),
    text(right + 56, legendY + 4, name, 'start', 12),
  ].join('');
}

function marker(x: number, y: number, number: number, colour: string): string {
  const shapes = [
    `<circle cx="${at(x)}" cy="${at(y)}" r="4.5" fill="${colour}"/>`,
    `<rect x="${at(x - 4)}" y="${at(y - 4)}" width="8" height="8" fill="${colour}"/>`,
    `<path d="M${at(x)} ${at(y - 5.5)}l5 9h-10z" fill="${colour}"/>`,
  ];
  return shapes[number % shapes.length] ?? '';
}

function text(x: number, y: number, content: string, anchor: string, size: number, weight = 400): string {
  const place = `x="${at(x)}" y="${at(y)}" text-anchor="${anchor}"`;
  return `<text ${place} ${font} font-size="${size}" font-weight="${weight}" fill="#24292f">${content}</text>`;
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function duration(us: number): string {
  if (us < 1_000) return `${us} µs`;
  return us < 1_000_000 ? `${us / 1_000} ms` : `${us / 1_000_000} s`;
}

function quantity(count: number): string {
  if (count < 1_000) return String(count);
  return count < 1_000_000 ? `${count / 1_000} k` : `${count / 1_000_000} M`;
}
