import { z } from 'zod';

export const noContentSchema = z.undefined().describe('Done');
