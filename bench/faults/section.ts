import { environmentLine, figure, markdownTable } from '../markdown.js';
import { type FaultResults, type FaultRow, isMet, type ScenarioFigures } from './results.js';

export function faultSection({ scenarios }: FaultResults): string {
  return `## Faults and hostile callers

\`npm run bench:faults\` starts a real service, does the harm that the scenario names, and measures what honest callers notice. \`--only NAME\`
runs one scenario; \`--database postgres\` uses the server of \`DATABASE_URL\`. A figure that misses its goal is marked.

${scenarios.map(scenarioPart).join('\n')}`;
}

function scenarioPart({ name, goal, database, environment, rows }: ScenarioFigures): string {
  return `### ${name} (${database})

${goal}

${environmentLine(environment)}

${markdownTable(['', 'figure', 'goal', ''], rows.map(cells))}
`;
}

function cells(row: FaultRow): string[] {
  const { measured, value, unit } = row;
  const withUnit = (number: number) =>
    [number === 0 ? '0' : Number.isInteger(number) ? String(number) : figure(number), unit].join(' ').trim();
  return [measured, withUnit(value), goalOf(row, withUnit), isMet(row) ? '' : '**missed**'];
}

function goalOf({ maximum, minimum }: FaultRow, withUnit: (number: number) => string): string {
  const parts = [
    ...(minimum === undefined ? [] : [`at least ${withUnit(minimum)}`]),
    ...(maximum === undefined ? [] : [`at most ${withUnit(maximum)}`]),
  ];
  return parts.join(', ');
}
