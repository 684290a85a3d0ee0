import { z } from 'zod';

/** What crosses between the main thread and the engine's: plain data, bytes transferred. The engine runs one job at a time. */

const bytes = z.instanceof(Uint8Array);

export const toEngine = z.discriminatedUnion('kind', [
  /** One job: protocol bytes, and whether they must be answered with ReadyForQuery. */
  z.object({ kind: z.literal('run'), bytes, endsInReady: z.boolean() }),
  z.object({ kind: z.literal('close') }),
]);
export type ToEngine = z.infer<typeof toEngine>;

export const fromEngine = z.discriminatedUnion('kind', [
  /** The database is open. `greeting` answers any startup packet: AuthenticationOk up to ReadyForQuery. */
  z.object({ kind: z.literal('ready'), greeting: bytes }),
  /** Part of the answer to the job that runs. */
  z.object({ kind: z.literal('output'), bytes }),
  /** The job has been answered. `idle`: no transaction is open and nothing is half sent. */
  z.object({ kind: z.literal('done'), idle: z.boolean() }),
]);
export type FromEngine = z.infer<typeof fromEngine>;
