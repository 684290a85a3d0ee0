import { z } from 'zod';

export const expectedVersionSchema = z
  .number()
  .int()
  .min(1)
  .optional()
  .describe('The version that you have read. Vigie answers 409 if there is a newer one.');

export const confirmationSchema = z
  .strictObject({
    proposal: z.uuid().optional().describe('The `id` of the change that you have read. Vigie answers 409 if another one waits.'),
  })
  .nullish();

const changeSchema = z.strictObject({
  field: z
    .string()
    .describe('For example `limits.withdrawalsAnHour`, `grants.police` for the rights of one organisation, or `deleted`.'),
  from: z.unknown().describe('The value now.'),
  to: z.unknown().describe('The value after the confirmation.'),
  weakens: z.boolean().describe('True: because of this field the change waits for a second operator.'),
});

export const proposalParametersSchema = z.strictObject({ id: z.uuid().describe('The `id` of the proposal.') });

export const proposalsSchema = z.strictObject({
  items: z.array(
    z
      .strictObject({
        id: z.string(),
        subject: z.enum(['list', 'organisation']),
        of: z.string().describe('The id of the list or organisation.'),
        version: z.number().int().describe('Its version now.'),
        by: z.number().nullable().describe('The number of the operator who proposed it. Another operator must confirm it.'),
        organisation: z.string().nullable().describe('The organisation of that operator.'),
        at: z.string(),
        changes: z.array(changeSchema).readonly(),
      })
      .describe('A change that waits for a second operator.'),
  ),
});
