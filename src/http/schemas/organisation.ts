import { z } from 'zod';
import { fetchSourceOf } from '../../domain/fetch-sources.js';
import { organisationKinds, tellings } from '../../domain/organisation.js';
import { regimeIds } from '../../domain/regimes.js';
import { listIdSchema } from './list.js';
import { expectedVersionSchema } from './proposal.js';

const regimesSchema = z
  .array(z.enum(regimeIds, { error: `unknown regime; the regimes are ${regimeIds.join(', ')}` }))
  .max(regimeIds.length)
  .transform((ids) => [...new Set(ids)]);

const tellsSchema = z
  .enum(tellings)
  .describe('What verdicts reveal about nearness: Hamming distances, or only the band (`exact`, `tight` or `wide`).');

const contactSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters')
  .nullable()
  .describe('Whom others may ask about its entries: an address, or a telephone number. Null: nobody is named.');

const sharesFeedbackSchema = z
  .boolean()
  .describe('Whether feedback on a match goes back to the exchange that the record came from, without a name.');

const fetchSourceSchema = z
  .string()
  .max(260)
  .transform((text, context) => {
    const source = fetchSourceOf(text);
    if (source === undefined)
      context.addIssue('must be a host (images.example.org), or .example.org for all hosts below; :8443 may follow');
    return source ?? '';
  });

const fetchesFromSchema = z
  .array(fetchSourceSchema)
  .max(100, 'must hold at most 100 hosts')
  .transform((sources) => [...new Set(sources)].sort());

const fetchesFromHelp = 'Hosts that Vigie may fetch images from for the organisation. Empty: it fetches none.';

export const settingsPatchSchema = z
  .strictObject({
    regimes: regimesSchema.optional().describe('Ids of the legal regimes that apply to the organisation. None by default.'),
    verdictDays: z.number().int().min(1).max(3_650).optional().describe('Days for which Vigie keeps verdicts.'),
    queryHours: z
      .number()
      .int()
      .min(0)
      .max(168)
      .optional()
      .describe('Hours for which Vigie keeps query hashes, so that previews can compare with them. 0: it keeps none.'),
    tells: tellsSchema.optional(),
    contact: contactSchema.optional(),
    sharesFeedback: sharesFeedbackSchema.optional(),
    fetchesFrom: fetchesFromSchema.optional().describe(fetchesFromHelp),
    expectedVersion: expectedVersionSchema,
  })
  .refine((patch) => Object.keys(patch).some((field) => field !== 'expectedVersion'), {
    message: 'send at least one setting to change',
  });

export const newOrganisationSchema = z.strictObject({
  id: listIdSchema.describe('1-63 of a-z, 0-9 and -, not starting with -.'),
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters'),
  kind: z.enum(organisationKinds),
});

export const organisationSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    kind: z.enum(organisationKinds),
    regimes: z.array(z.string()).readonly().describe('Ids of the legal regimes that it switched on.'),
    verdictDays: z.number().describe('Days for which Vigie keeps its verdicts.'),
    queryHours: z.number().describe('Hours for which Vigie keeps its query hashes. 0: it keeps none.'),
    tells: tellsSchema,
    contact: contactSchema,
    sharesFeedback: sharesFeedbackSchema,
    fetchesFrom: z.array(z.string()).readonly().describe(fetchesFromHelp),
    confirmedAt: z
      .string()
      .nullable()
      .describe('Null: a second operator must still confirm it. Until then Vigie refuses its keys.'),
    version: z.number().int().describe('Goes up with every change of its settings.'),
  })
  .describe('An organisation and its settings.');

export const organisationsSchema = z.strictObject({ items: z.array(organisationSchema) });
export const organisationIdSchema = z.strictObject({ id: listIdSchema.describe('The id of the organisation.') });
