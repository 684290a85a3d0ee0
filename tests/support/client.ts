/** Matches and enrols with `vigie-client`, and does the rest by hand. Parses every answer with the schema of the OpenAPI document. */
import type { z } from 'zod';
import { type Enrolled, type Hashes, type MatchResult, Vigie } from '../../src/client/index.js';
import type { Role } from '../../src/domain/key.js';
import { entrySchema } from '../../src/http/schemas/entry.js';
import { hashAnswerSchema } from '../../src/http/schemas/hashes.js';
import { listSchema } from '../../src/http/schemas/list.js';
import { problemSchema } from '../../src/http/schemas/problem.js';
import { verdictSchema } from '../../src/http/schemas/verdict.js';
import { keyOf } from './seed.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export class Client {
  constructor(
    private readonly url: string,
    private readonly key = keyOf('platform'),
  ) {}

  as(role: Role, organisation?: 'others'): Client {
    return new Client(this.url, keyOf(role, organisation));
  }

  withKey(key: string): Client {
    return new Client(this.url, key);
  }

  async call(
    method: string,
    path: string,
    init: { body?: Uint8Array | string | FormData; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.key}`, ...init.headers };
    const body = init.body instanceof Uint8Array ? new Uint8Array(init.body) : init.body;
    const response = await fetch(`${this.url}${path}`, { method, headers, ...(body !== undefined && { body }) });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson && !text.includes('\n') ? JSON.parse(text) : text };
  }

  json(method: string, path: string, body: unknown): Promise<Answer> {
    return this.call(method, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  }

  /** One try: a test must see the first answer. */
  get vigie(): Vigie {
    return new Vigie({ url: this.url, key: this.key, retries: 0, timeoutMs: 60_000 });
  }

  async match(image: Uint8Array, contentType = 'image/jpeg'): Promise<z.output<typeof verdictSchema>> {
    return judged(await this.vigie.match(new Blob([new Uint8Array(image)], { type: contentType })));
  }

  async matchHashes(hashes: unknown): Promise<z.output<typeof verdictSchema>> {
    return judged(await this.vigie.match({ hashes: hashes as Hashes }));
  }

  async hash(image: Uint8Array): Promise<z.output<typeof hashAnswerSchema>> {
    return hashAnswerSchema.parse(await this.vigie.hash(image));
  }

  async enrol(image: Uint8Array, list = 'known'): Promise<z.output<typeof entrySchema>> {
    return enrolled(await this.as('analyst').vigie.enrol({ list, image }));
  }

  async enrolHashes(hashes: unknown, list = 'known'): Promise<z.output<typeof entrySchema>> {
    return enrolled(await this.as('analyst').vigie.enrol({ list, hashes: hashes as Hashes }));
  }

  async confirmed({ id }: { readonly id: string }): Promise<z.output<typeof entrySchema>> {
    await this.as('reviewer').json('POST', `/v1/entries/${id}/confirm`, {});
    return expectOk(entrySchema, await this.as('reviewer', 'others').json('POST', `/v1/entries/${id}/confirm`, {}));
  }

  async withdraw(entry: string): Promise<z.output<typeof entrySchema>> {
    return expectOk(entrySchema, await this.as('analyst').json('POST', `/v1/entries/${entry}/withdraw`, { reason: 'a mistake' }));
  }

  async createList(list: unknown): Promise<z.output<typeof listSchema>> {
    return expectOk(listSchema, await this.as('operator').json('POST', '/v1/lists', list));
  }
}

/** @throws with what the service said if there is no verdict. */
function judged(result: MatchResult): z.output<typeof verdictSchema> {
  if (result.verdict === 'unavailable') throw new Error(`no verdict: ${result.code}: ${result.detail}`);
  return verdictSchema.parse(result);
}

function enrolled(result: Enrolled): z.output<typeof entrySchema> {
  if (result.outcome === 'received') throw new Error('the key may not read the list');
  return entrySchema.parse(result.entry);
}

export function entryForm(image: Uint8Array, entry: unknown): FormData {
  const form = new FormData();
  form.set('image', new Blob([new Uint8Array(image)]), 'image');
  form.set('entry', JSON.stringify(entry));
  return form;
}

/** @throws with the problem if the answer is a refusal. */
export function expectOk<Schema extends z.ZodType>(schema: Schema, { status, body }: Answer): z.output<Schema> {
  if (status < 200 || status > 299) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return schema.parse(body);
}

export function problemOf({ body }: Answer): z.output<typeof problemSchema> {
  return problemSchema.parse(body);
}
