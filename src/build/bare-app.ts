import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type AppParts, buildApp } from '../http/app.js';
import { RequestNumbers } from '../http/request-numbers.js';

const limits = {
  maxImageBytes: 1,
  maxImportBytes: 1,
  maxBytesInFlight: 1,
  bodyTimeoutMs: 1_000,
  bodyStallMs: 1_000,
  maxConnections: 2,
};

/** The application without its use cases: for what it answers before it needs one. @param parts those that are needed all the same */
export function buildBareApp(
  parts: { readonly [Name in keyof AppParts]?: Partial<AppParts[Name]> } = {},
): Promise<FastifyInstance> {
  const always = { log: pino({ level: 'silent' }), limits, numbers: new RequestNumbers(), accessLog: false, opensCases: true };
  const bare = { ...always, ...parts };
  // Whoever calls a route that needs another part sees it fail.
  return buildApp(bare as AppParts);
}
