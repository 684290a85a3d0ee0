import { join } from 'node:path';
import { z } from 'zod';
import { setup } from '../../src/domain/actor.js';
import { appendAct } from '../../src/store/audit.js';
import type { Database } from '../../src/store/database.js';
import { vigie } from './cli.js';
import type { TestDatabase } from './database.js';

const reportSchema = z.object({
  whole: z.boolean(),
  sealed: z.number(),
  anchors: z.number(),
  faults: z.number(),
  findings: z.array(
    z.object({ fault: z.string(), position: z.number().nullable(), act: z.number().nullable(), what: z.string() }),
  ),
});
export type Report = z.output<typeof reportSchema>;

export const anchorOf = ({ env }: TestDatabase) => join(env.VIGIE_DATA_DIR, 'audit.anchor');

export async function verify({ env }: TestDatabase, ...parameters: string[]): Promise<Report & { code: number | null }> {
  const { code, stdout, stderr } = await vigie(['audit', 'verify', '--json', ...parameters], env);
  if (stdout === '') throw new Error(`verify said nothing:\n${stderr}`);
  return { code, ...reportSchema.parse(JSON.parse(stdout)) };
}

export const faultsOf = ({ findings }: Report) => findings.map(({ fault, position }) => [fault, position]);

/** Appends acts without sealing them. */
export async function act(database: Database, ...subjects: string[]): Promise<void> {
  for (const subject of subjects) {
    await database.transaction((tx) => appendAct(tx, { actor: setup, act: 'test.act', subject, detail: {} }));
  }
}
