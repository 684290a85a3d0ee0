/** `npm run bench:faults`: what honest callers notice of faults, overload and hostile callers. */
import { Progress } from '../../src/cli/progress.js';
import { describeEnvironment } from '../environment.js';
import { readResult, writeReport, writeResult } from '../files.js';
import { Sandbox } from '../http/sandbox.js';
import { Installer } from './installation.js';
import { readOptions } from './options.js';
import { faultResultsSchema, isMet, merged, type ScenarioFigures } from './results.js';
import type { FaultScenario } from './scenario.js';
import { scenarios } from './scenario-list.js';
import { faultSection } from './section.js';

const { only, database, rounds, minutes = Number.POSITIVE_INFINITY } = readOptions(scenarios.map(({ name }) => name));
const serverUrl = process.env.DATABASE_URL ?? process.env.VIGIE_TEST_DATABASE_URL;
const installer = new Installer(new Sandbox(), database, serverUrl);

const chosen = scenarios.filter((one) => (only?.includes(one.name) ?? true) && (one.only ?? database) === database);
const measured: ScenarioFigures[] = [];
for (const scenario of chosen) measured.push(await measure(scenario));

console.log(faultSection({ scenarios: measured }));
const earlier = faultResultsSchema.optional().parse(readResult('faults.json'));
await writeResult('faults.json', merged(earlier, measured));
await writeReport();
process.exit(measured.every(({ rows }) => rows.every(isMet)) ? 0 : 1);

async function measure({ name, goal, run }: FaultScenario): Promise<ScenarioFigures> {
  console.error(`${name}: ${goal}`);
  const rows = await run({ database, repeat, install: (spec) => installer.install(spec) }).finally(() => installer.remove());
  const environment = describeEnvironment('Service, database and callers share the cores.');
  return { name, goal, database, environment, rows: [...rows] };
}

async function repeat(usual: number, harm: (round: number) => Promise<void>): Promise<void> {
  const until = performance.now() + minutes * 60_000;
  const progress = new Progress('rounds', rounds ?? usual);
  for (let round = 0; round < (rounds ?? usual) && (round === 0 || performance.now() < until); round++) {
    await harm(round);
    progress.advance(1);
  }
  progress.finish();
}
