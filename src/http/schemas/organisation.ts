import { z } from 'zod';
import { organisationKinds, tellings } from '../../domain/organisation.js';
import { regimeIds } from '../../domain/regimes.js';
import { listIdSchema } from './list.js';

const regimesSchema = z
  .array(z.enum(regimeIds, { error: `there is no such regime; there are ${regimeIds.join(', ')}` }))
  .max(regimeIds.length)
  .transform((ids) => [...new Set(ids)]);

/** What an organisation chooses for itself; absent fields stay. */
export const settingsPatchSchema = z
  .strictObject({
    regimes: regimesSchema.optional().describe('ids of legal regimes whose clocks run; none by default'),
    verdictDays: z.number().int().min(1).max(3_650).optional().describe('days that verdicts are kept'),
    queryHours: z
      .number()
      .int()
      .min(0)
      .max(168)
      .optional()
      .describe('hours that hashes of queries are kept for previews; 0: never'),
    tells: z.enum(tellings).optional().describe('what verdicts tell of nearness'),
  })
  .refine((patch) => Object.keys(patch).length > 0, { message: 'must change something' });

export const newOrganisationSchema = z.strictObject({
  id: listIdSchema,
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'must have no control characters'),
  kind: z.enum(organisationKinds),
});

export const organisationSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    kind: z.enum(organisationKinds),
    regimes: z.array(z.string()).readonly(),
    verdictDays: z.number(),
    queryHours: z.number(),
    tells: z.enum(tellings),
    confirmedAt: z.string().nullable().describe('null: waits for a second operator; its keys open nothing'),
  })
  .describe('Who uses this service, and what it chose');

export const organisationsSchema = z.strictObject({ items: z.array(organisationSchema) });
export const organisationIdSchema = z.strictObject({ id: listIdSchema });
