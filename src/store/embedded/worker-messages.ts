import { z } from 'zod';

/** The engine runs one job at a time. */

const bytes = z.instanceof(Uint8Array);

export const toEngine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), bytes, endsInReady: z.boolean() }),
  z.object({ kind: z.literal('close') }),
]);
export type ToEngine = z.infer<typeof toEngine>;

export const fromEngine = z.discriminatedUnion('kind', [
  /** `greeting` answers any startup packet: AuthenticationOk up to ReadyForQuery. */
  z.object({ kind: z.literal('ready'), greeting: bytes }),
  z.object({ kind: z.literal('output'), bytes }),
  /** `idle`: no transaction is open and no message is half answered. */
  z.object({ kind: z.literal('done'), idle: z.boolean() }),
]);
export type FromEngine = z.infer<typeof fromEngine>;
