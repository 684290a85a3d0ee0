import { z } from 'zod';

/** Who holds a data directory; what the lock tells everybody else. */
export const holder = z.object({ pid: z.number().int(), command: z.string(), since: z.string() });
export type Holder = z.infer<typeof holder>;

export interface Lock {
  release(): Promise<void>;
}

export type Acquired = { readonly lock: Lock } | { readonly heldBy: Holder };
