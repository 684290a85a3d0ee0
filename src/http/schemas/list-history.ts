import { z } from 'zod';
import { cursorSchema, limitSchema, pageOf } from './page.js';

export const listHistoryQuerySchema = z.strictObject({ cursor: cursorSchema, limit: limitSchema(200, 50) });

const changeSchema = z.strictObject({
  setting: z.string().describe('For example `thresholds.pdq.tight`, or `grants.police` for the rights of one organisation.'),
  from: z.unknown(),
  to: z.unknown(),
  weakens: z.boolean().describe('The change needed a second operator, unless it was made during the set-up.'),
});

export const listHistorySchema = pageOf(
  z.strictObject({
    version: z.number(),
    at: z.string(),
    by: z
      .strictObject({ organisation: z.string(), person: z.number() })
      .nullable()
      .describe('Who made the change take effect. Null: the command line during the set-up, or an upgrade.'),
    changes: z.array(changeSchema).readonly().describe('Compared with the version before. Empty for the first one.'),
  }),
);
