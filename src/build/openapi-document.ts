import { buildBareApp } from './bare-app.js';

/** The document that a service has at /openapi.json. */
export async function openApiDocument(): Promise<unknown> {
  const app = await buildBareApp();
  const document: unknown = (await app.inject('/openapi.json')).json();
  await app.close();
  return document;
}
