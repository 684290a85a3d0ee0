/** Writes the types of `vigie-client` from the OpenAPI document: `npm run client:types`. A test fails when they differ. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../package-root.js';
import { openApiDocument } from './openapi-document.js';
import { declarationOf, identityOf, type Schema } from './schema-text.js';

export const clientTypesFile = 'src/client/openapi.ts';

const entries = ['paths', '/v1/entries', 'post'];
const match = ['paths', '/v1/match', 'post'];
const batch = ['paths', '/v1/match/batch', 'post', 'requestBody', 'content', 'application/x-ndjson', 'schema'];
const feedback = ['paths', '/v1/matches/{requestId}/feedback', 'post'];
const request = ['requestBody', 'content', 'application/json', 'schema'];
const answer = (status: string) => ['responses', status, 'content', 'application/json', 'schema'];
const verdict = [...match, ...answer('200')];

/** What the client sends and reads, and where the document has it. */
const places: Readonly<Record<string, readonly string[]>> = {
  ContentClass: [...verdict, 'properties', 'matches', 'items', 'properties', 'class'],
  Orientation: [...verdict, 'properties', 'matches', 'items', 'properties', 'orientation', 'anyOf', '0'],
  TurnedOrientation: [...batch, 'properties', 'hashes', 'properties', 'turnedBlockhashes', 'items', 'properties', 'orientation'],
  PdqHash: [...batch, 'properties', 'hashes', 'properties', 'pdq', 'anyOf', '1', 'items'],
  TurnedBlockhash: [...batch, 'properties', 'hashes', 'properties', 'turnedBlockhashes', 'items'],
  SourceCode: [...entries, ...request, 'properties', 'sourceCodes', 'items'],
  Provenance: [...entries, ...request, 'properties', 'provenance'],
  Recipient: [...verdict, 'properties', 'removal', 'anyOf', '0', 'properties', 'reportTo', 'items'],
  Obligation: [...verdict, 'properties', 'removal', 'anyOf', '0', 'properties', 'obligations', 'items'],
  Claim: [...entries, ...answer('201'), 'properties', 'claims', 'items'],
  Frames: [...verdict, 'properties', 'frames', 'anyOf', '0'],
  Hashes: [...batch, 'properties', 'hashes'],
  MatchRequest: [...match, ...request],
  BatchItem: batch,
  Match: [...verdict, 'properties', 'matches', 'items'],
  Removal: [...verdict, 'properties', 'removal', 'anyOf', '0'],
  Verdict: verdict,
  HashAnswer: ['paths', '/v1/hash', 'post', ...answer('200')],
  EntryRequest: [...entries, ...request],
  Entry: [...entries, ...answer('201')],
  Receipt: [...entries, ...answer('202')],
  FeedbackRequest: [...feedback, ...request],
  Feedback: [...feedback, ...answer('201')],
};

export async function clientTypes(): Promise<string> {
  const document = await openApiDocument();
  const schemas = Object.entries(places).map(([name, place]) => ({ name, schema: schemaAt(document, place) }));
  const names = new Map(schemas.map(({ name, schema }) => [identityOf(schema), name]));
  const declarations = schemas.map(({ name, schema }) => declarationOf(name, schema, names));
  return ['// Written by `npm run client:types` from /openapi.json. Do not change it by hand.\n', ...declarations].join('\n');
}

/** @throws if the document has nothing there. */
function schemaAt(document: unknown, place: readonly string[]): Schema {
  const found = place.reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>> | undefined)?.[name], document);
  if (typeof found === 'object' && found !== null) return found;
  throw new Error(`the OpenAPI document has no ${place.join(' > ')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(packageRoot(), clientTypesFile), await clientTypes());
}
