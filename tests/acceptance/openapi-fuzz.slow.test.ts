import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Role, roles } from '../../src/domain/key.js';
import { type Client, entryForm } from '../support/client.js';
import { randomFrom, randomHash } from '../support/images.js';
import { type JsonSchema, jsonSchema, valuesOf } from '../support/openapi-arbitraries.js';
import { useService } from '../support/use-service.js';

const seed = 20_261_129;
const requestsPerOperation = 80;
const atOnce = 8;

const on = useService();
const random = randomFrom(131);

const parameterSchema = z.object({ name: z.string(), in: z.enum(['path', 'query', 'header']), schema: jsonSchema });
const operationSchema = z.object({
  description: z.string(),
  parameters: z.array(parameterSchema).default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: jsonSchema.optional() })) }).optional(),
  responses: z.record(z.string(), z.unknown()),
});
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) });
type Parameter = z.output<typeof parameterSchema>;

interface Operation extends z.output<typeof operationSchema> {
  readonly path: string;
  readonly method: string;
}

interface Sent {
  readonly role: Role;
  readonly parameters: readonly (readonly [Parameter, unknown])[];
  readonly type: string | undefined;
  readonly body: unknown;
}

let operations: readonly Operation[] = [];
/** Ids that exist, so that requests reach further than a 404. */
const known: string[] = ['known', 'illegal', 'harmless', 'tests', 'others', 'us_2258a', 'eu_dsa'];

beforeAll(async () => {
  const { body } = await on.client.call('GET', '/openapi.json');
  const { paths } = documentSchema.parse(body);
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
  );
  const hashes = { pdq: randomHash(random), quality: 100 };
  known.push((await on.client.enrolHashes(hashes)).id, (await on.client.matchHashes(hashes)).requestId);
  await on.client.as('operator').json('PATCH', '/v1/organisation', { regimes: ['us_2258a', 'eu_dsa'] });
});

/** Mostly roles that may do it. */
function rolesOf({ description }: Operation): fc.Arbitrary<Role> {
  const named = /Roles: ([a-z, ]+)\./.exec(description)?.[1]?.split(', ') ?? [];
  const allowed = roles.filter((role) => named.includes(role));
  const any = fc.constantFrom(...roles);
  return allowed.length === 0 ? any : fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...allowed) }, any);
}

function requestsOf(operation: Operation): fc.Arbitrary<Sent> {
  const { parameters, requestBody } = operation;
  const content = Object.entries(requestBody?.content ?? {});
  const bodies = content.map(([type, { schema }]) => fc.record({ type: fc.constant(type), body: bodyOf(type, schema) }));
  const body = bodies.length > 0 ? fc.oneof(...bodies) : fc.constant({ type: undefined, body: undefined });
  const given = parameters.map((parameter) =>
    fc.tuple(fc.constant(parameter), fc.option(valuesOf(parameter.schema, known), { nil: undefined, freq: 3 })),
  );
  return fc
    .record({ role: rolesOf(operation), parameters: fc.tuple(...given), content: body })
    .map(({ content: { type, body }, ...rest }) => ({ ...rest, type, body }));
}

function bodyOf(type: string, schema: JsonSchema | undefined): fc.Arbitrary<unknown> {
  if (type.includes('json') || type.startsWith('multipart')) return valuesOf(schema ?? {}, known);
  return fc.uint8Array({ maxLength: 200 });
}

async function send(
  { path, method }: Operation,
  { role, parameters, type, body }: Sent,
): Promise<{ status: number; text: string }> {
  const url = parameters.reduce(
    (filled, [{ name, in: place }, value]) =>
      place === 'path' ? filled.replace(`{${name}}`, encodeURIComponent(safe(value ?? known[0]))) : filled,
    path,
  );
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const [{ name, in: place }, value] of parameters) {
    if (value === undefined) continue;
    if (place === 'query') query.set(name, safe(value));
    if (place === 'header') headers[name] = safe(value).replace(/[^!-~]/g, 'x');
  }
  const client: Client = on.client.as(role);
  const init = type === undefined ? {} : await encoded(type, body);
  const call = () =>
    client.call(method, `${url}${query.size > 0 ? `?${query}` : ''}`, { ...init, headers: { ...headers, ...init.headers } });
  // A refusal before the body is read ends the connection, and `fetch` may then report the write instead of the answer.
  const answer = await call().catch(call).catch(call);
  return { status: answer.status, text: JSON.stringify(answer.body) };
}

/** A URL holds no unpaired surrogate. */
function safe(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).replace(/\p{Surrogate}/gu, '?');
}

interface Encoded {
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

async function encoded(type: string, body: unknown): Promise<Encoded> {
  const headers = { 'content-type': type };
  if (body instanceof Uint8Array) return { body, headers };
  if (!type.startsWith('multipart')) return { body: JSON.stringify(body) ?? '', headers };
  const entry = z.object({ entry: z.unknown() }).safeParse(body);
  // As bytes: `fetch` would still write a form while the refusal ends the connection.
  const form = new Response(entryForm(Buffer.from('not an image'), entry.data?.entry ?? body));
  return {
    body: new Uint8Array(await form.arrayBuffer()),
    headers: { 'content-type': form.headers.get('content-type') ?? '' },
  };
}

function isDocumented({ responses }: Operation, status: number): boolean {
  const names = Object.keys(responses).map((name) => name.toLowerCase());
  return names.includes(String(status)) || (status >= 400 && status < 500 && names.includes('4xx'));
}

describe('every operation of the OpenAPI document', () => {
  it('answers each generated request of each role with a documented status below 500', { timeout: 300_000 }, async () => {
    const faults: unknown[] = [];
    const statuses = new Map<number, number>();
    for (const operation of operations) {
      const requests = fc.sample(requestsOf(operation), { seed, numRuns: requestsPerOperation });
      for (let first = 0; first < requests.length; first += atOnce) {
        await Promise.all(
          requests.slice(first, first + atOnce).map(async (sent) => {
            const { status, text } = await send(operation, sent);
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
            if (isDocumented(operation, status)) return;
            const { method, path } = operation;
            faults.push({ method, path, status, text, ...sent });
          }),
        );
      }
    }
    expect(faults.slice(0, 10)).toEqual([]);
    // Otherwise the values would be too wild to get beyond the first check.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(100);
  });
});
