import { pino } from 'pino';
import { type AppParts, buildApp } from '../http/app.js';
import { RequestNumbers } from '../http/request-numbers.js';

/** The document that a service has at /openapi.json. No other route is called, so the application needs none of its use cases. */
export async function openApiDocument(): Promise<unknown> {
  const limits = {
    maxImageBytes: 1,
    maxImportBytes: 1,
    maxBytesInFlight: 1,
    bodyTimeoutMs: 1_000,
    bodyStallMs: 1_000,
    maxConnections: 2,
  };
  const parts: Partial<AppParts> = { log: pino({ level: 'silent' }), limits, numbers: new RequestNumbers(), accessLog: false };
  const app = await buildApp(parts as AppParts);
  const document: unknown = (await app.inject('/openapi.json')).json();
  await app.close();
  return document;
}
