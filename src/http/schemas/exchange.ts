import { z } from 'zod';
import { exchangeKinds } from '../../domain/exchange.js';
import { listIdSchema } from './list.js';

/** Also the source of its claims. */
const exchangeId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1-63 of a-z, 0-9 and -, not starting with -');
const words = z.record(z.string().regex(/^\w{1,40}$/), z.string().max(4_096));
const baseUrl = z.string().trim().min(1).max(500).describe('Where the service is. https, except on this machine.');
const everySeconds = z.number().int().min(0).max(86_400).describe('Seconds from the end of one fetch to the next.');
const credentials = words.describe('Secrets, by the names that the kind knows. They are stored encrypted and never shown.');
const options = words.describe('Settings, by the names that the kind knows.');

export const newExchangeSchema = z.strictObject({
  id: exchangeId,
  kind: z.enum(exchangeKinds),
  list: listIdSchema.describe('The list that takes its records.'),
  baseUrl: baseUrl.optional(),
  credentials,
  options: options.optional(),
  everySeconds: everySeconds.optional(),
});

export const exchangePatchSchema = z.strictObject({
  baseUrl: baseUrl.optional(),
  credentials: credentials.optional(),
  options: options.optional(),
  everySeconds: everySeconds.optional(),
  enabled: z.boolean().optional(),
  startOver: z.boolean().optional().describe('true: forget the checkpoint and fetch everything again.'),
});

export const exchangeParametersSchema = z.strictObject({ id: z.string().describe('The id of the exchange.') });

const time = z.string().nullable();

export const exchangeSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  list: z.string(),
  baseUrl: z.string(),
  options: words,
  everySeconds: z.number(),
  enabled: z.boolean(),
  status: z.strictObject({
    checkpointAt: time.describe('When the last complete range was imported.'),
    triedAt: time,
    succeededAt: time,
    nextAt: z.string(),
    failures: z.number().describe('Failures since the last success.'),
    fault: z
      .string()
      .nullable()
      .describe('Of the last failure: unreachable, busy, refused, malformed, incomplete, unusable or internal.'),
    error: z.string().nullable(),
    fetched: z.number().describe('Records in all.'),
    withdrawn: z.number().describe('Records that the service took back, in all.'),
    refused: z.number().describe('Records that Vigie could not read, in all.'),
    errors: z.number().describe('Failures in all.'),
  }),
});

export const exchangesSchema = z.strictObject({ items: z.array(exchangeSchema) });
