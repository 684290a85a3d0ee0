/** Parses every answer with the schema of the OpenAPI document. */
import type { z } from 'zod';
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

  async match(image: Uint8Array, contentType = 'image/jpeg'): Promise<z.output<typeof verdictSchema>> {
    return expectOk(
      verdictSchema,
      await this.call('POST', '/v1/match', { body: image, headers: { 'content-type': contentType } }),
    );
  }

  async matchHashes(hashes: unknown): Promise<z.output<typeof verdictSchema>> {
    return expectOk(verdictSchema, await this.json('POST', '/v1/match', { hashes }));
  }

  async hash(image: Uint8Array): Promise<z.output<typeof hashAnswerSchema>> {
    return expectOk(
      hashAnswerSchema,
      await this.call('POST', '/v1/hash', { body: image, headers: { 'content-type': 'application/octet-stream' } }),
    );
  }

  async enrol(image: Uint8Array, list = 'known'): Promise<z.output<typeof entrySchema>> {
    return expectOk(entrySchema, await this.as('analyst').call('POST', '/v1/entries', { body: entryForm(image, { list }) }));
  }

  async enrolHashes(hashes: unknown, list = 'known'): Promise<z.output<typeof entrySchema>> {
    return expectOk(entrySchema, await this.as('analyst').json('POST', '/v1/entries', { list, hashes }));
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
