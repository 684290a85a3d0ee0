import { z } from 'zod';
import { bands, contentClasses } from '../../domain/list.js';
import { unscannableReasons } from '../../domain/verdict.js';
import { batchItemSchema, hashesSchema } from './hashes.js';

const words = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters');

const inquiry = {
  purpose: words.describe('Why you ask. It stays in the audit log for ever.'),
  reference: words.describe('Your case. It stays in the audit log for ever.'),
};

export const inquirySchema = z.strictObject(inquiry);
export const deconflictRequestSchema = z.strictObject({ ...inquiry, hashes: hashesSchema });
export const deconflictFormSchema = z.strictObject({ ...inquiry, image: z.string().meta({ format: 'binary' }) });

const flag = (who: string) => z.boolean().nullable().describe(`Null: no source says whether the ${who} is identified.`);

const contactSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  contact: z.string().nullable().describe('Whom to ask. Null: the organisation names nobody.'),
});

const pictureSchema = z.strictObject({
  entry: z.string().describe('The id of the entry, or a name for you only if you may not read the list.'),
  list: z.string(),
  class: z.enum(contentClasses),
  band: z.enum(bands),
  series: z.string().nullable(),
  victimIdentified: flag('victim'),
  offenderIdentified: flag('offender'),
  submissions: z
    .number()
    .int()
    .describe('Claims of others and of your other cases, or the number that a source gives if it is higher.'),
  organisations: z.array(contactSchema).readonly().describe('Those with a claim. If you may not read the list: its owner.'),
});

export const deconflictedSchema = z
  .strictObject({
    known: z.boolean(),
    pictures: z.array(pictureSchema).readonly().describe('At most 20, the surest first.'),
    unscannable: z.enum(unscannableReasons).nullable().describe('Why Vigie compared only the digests of the file.'),
  })
  .describe('Who else has the picture. Never a hash.');

export const maxSeizedItems = 10_000;
export const seizedItemSchema = batchItemSchema.partial({ id: true });
export const rapprochementRequestSchema = z.strictObject({ ...inquiry, items: z.array(seizedItemSchema).max(maxSeizedItems) });
/** Items are read one by one. */
export const unreadRapprochementSchema = z.strictObject({
  ...inquiry,
  items: z
    .array(z.unknown())
    .min(1, 'must hold at least one item')
    .max(maxSeizedItems, `must hold at most ${maxSeizedItems} items`),
});

const count = z.number().int();

export const rapprochementSchema = z
  .strictObject({
    items: count,
    known: count.describe('Items that others, or other cases of yours, have too.'),
    unknown: count,
    knownItems: z.array(z.string()).readonly().describe('The ids of the known items that have one.'),
    lists: z
      .array(
        z.strictObject({
          list: z.string(),
          items: count,
          entries: count,
          series: z.array(z.strictObject({ series: z.string(), items: count })).readonly(),
          cases: z
            .array(z.strictObject({ organisation: z.string().nullable(), reference: z.string(), items: count }))
            .readonly()
            .describe('Empty if you may not read the list.'),
        }),
      )
      .readonly()
      .describe('Those with more items first, as their series and cases.'),
  })
  .describe('Series and cases that a seizure touches.');
