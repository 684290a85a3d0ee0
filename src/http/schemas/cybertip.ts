import { z } from 'zod';

export const cyberTipDraftSchema = z
  .string()
  .describe(
    '<cyberTiplineDraft> with <report> (for POST /submit) and <fileDetails> (for POST /fileinfo). A draft: nothing was sent',
  );
