import { z } from 'zod';

/** The answer of a call that has nothing to tell. */
export const nothingSchema = z.undefined().describe('Done');
