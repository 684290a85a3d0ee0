import { z } from 'zod';

export const lockHolder = z.object({ pid: z.number().int(), command: z.string(), since: z.string() });
export type LockHolder = z.infer<typeof lockHolder>;

export interface Lock {
  release(): Promise<void>;
}

export type LockAttempt = { readonly lock: Lock } | { readonly heldBy: LockHolder };
