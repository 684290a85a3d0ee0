import { z } from 'zod';
import { roles } from '../../domain/key.js';

export const sessionSchema = z
  .strictObject({
    csrfToken: z.string().describe('Send it with every request of the session, in the header x-csrf-token.'),
    caller: z.strictObject({
      key: z.string().describe('The id of the key that the session acts with.'),
      organisation: z.string(),
      organisationName: z.string(),
      person: z.number().int().describe('The number of the person who holds the key.'),
      personName: z.string().nullable().describe('Null: the key names nobody.'),
      role: z.enum(roles),
    }),
    idleSeconds: z.number().int().describe('The session ends after this time without a request.'),
    endsAt: z.string().describe('The session ends at this time in any case.'),
  })
  .describe('A session: a browser that acts with a key.');
