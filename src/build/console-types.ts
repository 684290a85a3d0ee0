/**
 * Writes the types of the calls that the console makes, from the OpenAPI document. The build runs it: 3 000 lines that nobody reads
 * need not be in the repository.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.js';
import { openApiDocument } from './openapi-document.js';
import { declarationOf, type Schema } from './schema-text.js';

const file = join(packageRoot(), 'dist', 'console-operations.d.ts');

const operations = [
  'POST /v1/cases/assisted',
  'GET /v1/entries',
  'POST /v1/entries',
  'GET /v1/entries/{id}',
  'GET /v1/entries/{id}/activity',
  'GET /v1/entries/{id}/hashes',
  'GET /v1/entries/{id}/history',
  'GET /v1/entries/{id}/preview',
  'GET /v1/entries/{id}/neighbours',
  'POST /v1/entries/{id}/confirm',
  'POST /v1/entries/{id}/reject',
  'POST /v1/entries/{id}/dispute',
  'POST /v1/entries/{id}/release',
  'POST /v1/entries/{id}/withdraw',
  'POST /v1/entries/{id}/restore',
  'PUT /v1/entries/{id}/lease',
  'DELETE /v1/entries/{id}/lease',
  'GET /v1/queue',
  'GET /v1/queue/{id}',
  'POST /v1/entries/preview',
  'GET /v1/exchanges',
  'GET /v1/imports',
  'POST /v1/imports',
  'GET /v1/imports/{id}',
  'POST /v1/imports/{id}/confirm',
  'POST /v1/imports/{id}/cancel',
  'GET /v1/jobs',
  'GET /v1/keys',
  'POST /v1/keys',
  'POST /v1/keys/{id}/confirm',
  'POST /v1/keys/{id}/revoke',
  'GET /v1/lists',
  'POST /v1/lists/{id}/confirm',
  'GET /v1/lists/{id}/grants',
  'GET /v1/lists/{id}/versions',
  'POST /v1/match',
  'GET /v1/matches',
  'GET /v1/matches/{requestId}',
  'GET /v1/matches/{requestId}/explain',
  'POST /v1/matches/{requestId}/drafts/statement-of-reasons',
  'POST /v1/matches/{requestId}/drafts/cybertipline',
  'GET /v1/notices',
  'POST /v1/notices/{id}/outcome',
  'GET /v1/operations',
  'GET /v1/operations/traffic',
  'GET /v1/orders',
  'POST /v1/orders/{id}/outcome',
  'GET /v1/organisation',
  'GET /v1/organisations',
  'POST /v1/organisations',
  'POST /v1/organisations/{id}/confirm',
  'POST /v1/organisations/{id}/settings/confirm',
  'GET /v1/proposals',
  'DELETE /v1/proposals/{id}',
  'GET /v1/series',
] as const;

interface Operation {
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

async function consoleTypes(): Promise<string> {
  // Our own document: its shape is that of OpenAPI 3.1.
  const document = (await openApiDocument()) as Document;
  const properties = Object.fromEntries(operations.map((name) => [name, schemaOf(name, document)]));
  const all: Schema = { type: 'object', properties, required: operations };
  return declarationOf('Operations', all, new Map());
}

/** @throws if the document lacks the operation. */
function schemaOf(name: string, { paths }: Document): Schema {
  const [method = '', path = ''] = name.split(' ');
  const operation = paths[path]?.[method.toLowerCase()];
  if (!operation) throw new Error(`the OpenAPI document has no ${name}: change the list in src/build/console-types.ts`);
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const query: Schema = {
    type: 'object',
    properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.schema])),
    required: parameters.filter(({ required }) => required).map((parameter) => parameter.name),
  };
  const body = operation.requestBody?.content['application/json']?.schema;
  const answers = Object.entries(operation.responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { content }]) => (content ? [content['application/json']?.schema ?? { type: 'string' }] : []));
  const properties = {
    ...(parameters.length > 0 ? { query } : {}),
    ...(body ? { body } : {}),
    answer: answers.length > 0 ? { anyOf: answers } : { type: 'null' },
  };
  return { type: 'object', properties, required: Object.keys(properties) };
}

writeFileSync(file, await consoleTypes());
