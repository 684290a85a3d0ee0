/** Charts as SVG, with the same figures as a table for those who cannot see them. */
import { scaleLinear } from 'd3-scale';
import { useFormat } from '../language/format.ts';
import { useWords } from '../language/language.ts';
import './chart.css';
import { Table } from './table.tsx';
import { uiWords } from './words.ts';

export interface Series {
  readonly name: string;
  /** As many as there are steps. Null: nothing was measured. */
  readonly values: readonly (number | null)[];
}

interface ChartProps {
  readonly title: string;
  /** The name of each step on the horizontal axis. */
  readonly steps: readonly string[];
  readonly series: readonly Series[];
  readonly kind: 'bars' | 'lines';
  /** The heading above already says it. */
  readonly isTitleHidden?: boolean;
}

const size = { width: 640, height: 200 };
const inset = { left: 44, right: 8, top: 10, bottom: 24 };
const plot = { right: size.width - inset.right, bottom: size.height - inset.bottom };

export function Chart({ title, steps, series, kind, isTitleHidden = false }: ChartProps) {
  const words = useWords(uiWords);
  const format = useFormat();
  if (steps.length === 0 || series.length === 0) return <p class="soft">{words.noData}</p>;
  const sums = steps.map((_, step) => series.reduce((sum, { values }) => sum + (values[step] ?? 0), 0));
  const highest =
    kind === 'bars' ? Math.max(...sums) : Math.max(...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const up = scaleLinear()
    .domain([0, highest || 1])
    .nice(4)
    .range([plot.bottom, inset.top]);
  const along = scaleLinear().domain([0, steps.length]).range([inset.left, plot.right]);
  const named = [0, Math.floor(steps.length / 2), steps.length - 1].filter((step, index, all) => all.indexOf(step) === index);
  return (
    <figure class="stack">
      <figcaption class={isTitleHidden ? 'hidden' : undefined}>{title}</figcaption>
      <svg class="chart" viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={title}>
        {up
          .ticks(4)
          .filter((tick) => kind === 'lines' || Number.isInteger(tick))
          .map((tick) => (
            <g key={tick}>
              <line class="rule" x1={inset.left} x2={plot.right} y1={up(tick)} y2={up(tick)} />
              <text x={inset.left - 6} y={up(tick) + 4} text-anchor="end">
                {format.number(tick)}
              </text>
            </g>
          ))}
        {named.map((step, index) => (
          <text
            key={step}
            x={along(step + 0.5)}
            y={size.height - 6}
            text-anchor={index === 0 ? 'start' : step === steps.length - 1 ? 'end' : 'middle'}
          >
            {steps[step]}
          </text>
        ))}
        {kind === 'bars' ? (
          <Bars series={series} count={steps.length} up={up} along={along} />
        ) : (
          <Lines series={series} up={up} along={along} />
        )}
      </svg>
      <ul class="key small">
        {series.map(({ name }, index) => (
          <li key={name} class={`tone-${index % 5}`}>
            {name}
          </li>
        ))}
      </ul>
      <details class="small">
        <summary>{words.table(title)}</summary>
        <Table
          caption={title}
          isCaptionHidden
          columns={['', ...series.map(({ name }) => ({ number: name }))]}
          rows={steps.map((step, index) => ({
            key: `${index}`,
            cells: [step, ...series.map(({ values }) => format.number(values[index] ?? 0))],
          }))}
        />
      </details>
    </figure>
  );
}

interface PlotProps {
  readonly series: readonly Series[];
  readonly up: (value: number) => number;
  readonly along: (step: number) => number;
}

function Bars({ series, count, up, along }: PlotProps & { readonly count: number }) {
  const width = Math.max(1, (along(1) - along(0)) * 0.72);
  return Array.from({ length: count }, (_, step) => {
    let below = 0;
    return series.map(({ name, values }, index) => {
      const value = values[step] ?? 0;
      const top = up(below + value);
      const height = up(below) - top;
      below += value;
      if (value === 0) return null;
      return (
        <rect
          key={`${step}-${name}`}
          class={`bar tone-${index % 5}`}
          x={along(step + 0.5) - width / 2}
          y={top}
          width={width}
          height={height}
          rx={1.5}
        />
      );
    });
  });
}

function Lines({ series, up, along }: PlotProps) {
  return series.map(({ name, values }, index) => (
    <path key={name} class={`line tone-${index % 5}`} d={pathOf(values, up, along)} />
  ));
}

/** A gap where nothing was measured. */
function pathOf(values: readonly (number | null)[], up: PlotProps['up'], along: PlotProps['along']): string {
  return values
    .map((value, step) => {
      if (value === null) return '';
      const before = values[step - 1] ?? null;
      return `${before === null ? 'M' : 'L'}${along(step + 0.5).toFixed(1)} ${up(value).toFixed(1)}`;
    })
    .join('');
}
