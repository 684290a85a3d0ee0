import { z } from 'zod';
import { roles } from '../../domain/key.js';
import { verdictNames } from '../../domain/verdict.js';

const count = z.number().int();
const waitingSchema = z.strictObject({ open: count, overdue: count });

const nodeSchema = z.strictObject({
  node: z.string().describe('The name of the node, new at every start.'),
  startedAt: z.string(),
  seenAt: z.string().describe('When the node last said how it is. It does so every ten seconds.'),
  ready: z.boolean(),
  why: z.string().nullable().describe('Why it is not ready.'),
  index: z.strictObject({ hashes: count, ageMs: z.number() }),
  queues: z.strictObject({
    images: count.describe('Images that wait for an imaging process.'),
    searches: count.describe('Searches and digests that wait for an index worker.'),
    verdicts: count.describe('Verdicts that wait to be committed.'),
  }),
  leads: z.boolean().describe('It runs the jobs that one node runs for all.'),
});

export const overviewSchema = z
  .strictObject({
    at: z.string(),
    nodes: z
      .array(nodeSchema)
      .readonly()
      .describe('Nodes seen within a day. A node that stops in good order disappears at once.'),
    audit: z.strictObject({
      unsealed: count.describe('Acts without a seal.'),
      anchorAgeSeconds: z.number().describe('Since the anchor file was last up to date, on the worst node.'),
      lastSealedAt: z.string().nullable().describe('When the newest act with a seal was done.'),
    }),
    probing: z.strictObject({
      alerts: count.describe('Since the nodes started.'),
      limitedKeys: count.describe('Keys that see only bands.'),
    }),
    canaryMatches: count.describe('Since the nodes started.'),
    backup: z
      .strictObject({ takenAt: z.string().nullable(), ageSeconds: z.number().nullable() })
      .describe('The last `vigie backup`. Null: there was none.'),
    keysNearExpiry: z
      .array(z.strictObject({ id: z.string(), organisation: z.string(), role: z.enum(roles), expiresAt: z.string() }))
      .readonly()
      .describe('Keys that expire within 30 days, the next one first.'),
    orders: waitingSchema,
    notices: waitingSchema,
    refusals: z
      .array(z.strictObject({ key: z.string(), organisation: z.string(), tooMany: count, unavailable: count }))
      .readonly()
      .describe('Answers of 429 and 503 in the last 24 hours by key: the 50 keys with the largest numbers.'),
  })
  .describe('How the installation is.');

export const trafficQuerySchema = z.strictObject({
  hours: z.coerce.number().int().min(1).max(168).default(24).describe('How far back.'),
});

export const trafficSchema = z
  .strictObject({
    stepSeconds: count,
    points: z
      .array(
        z.strictObject({
          at: z.string().describe('When the step begins.'),
          requests: count,
          verdicts: z.partialRecord(z.enum(verdictNames), count).describe('A verdict that was not given is absent.'),
          p50Ms: z.number().nullable().describe('Half of the matches took at most this long. Null: nothing was matched.'),
          p99Ms: z.number().nullable(),
          tooMany: count.describe('Answers of 429.'),
          unavailable: count.describe('Answers of 503.'),
        }),
      )
      .readonly()
      .describe('At most 300 steps, oldest first. The last one is not over.'),
  })
  .describe('Requests of all nodes over time.');
