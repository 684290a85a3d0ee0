import { z } from 'zod';

export const cyberTipDraftSchema = z
  .string()
  .describe('A <cyberTiplineDraft> element with two documents: <report> for POST /submit, and <fileDetails> for POST /fileinfo.');
