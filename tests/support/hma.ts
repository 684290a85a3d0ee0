/** What clients of HMA send, and what they read. */
import { setup } from '../../src/domain/actor.js';
import { mintKey } from '../../src/service/accounts/key-cache.js';
import { createTestDatabase, openTestDatabase, type TestDatabase } from './database.js';

export interface HmaAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed, or the text itself. */
  readonly body: unknown;
}

export interface HmaInit {
  readonly json?: unknown;
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call, exactly as given. */
export async function callHma(base: string, method: string, path: string, init: HmaInit = {}): Promise<HmaAnswer> {
  const headers = { ...(init.json !== undefined && { 'content-type': 'application/json' }), ...init.headers };
  const body = init.form ?? (init.json === undefined ? undefined : JSON.stringify(init.json));
  const response = await fetch(`${base}${path}`, { method, headers, redirect: 'manual', ...(body !== undefined && { body }) });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
}

/** A platform of its own, so that its banks are empty and its content begins at 1. */
export async function createPlatform(test: TestDatabase, id: string): Promise<string> {
  const { database, stores } = await openTestDatabase(test);
  try {
    await stores.organisations.create({ id, name: `Platform ${id}`, kind: 'platform' }, setup, true);
    const minted = mintKey();
    const key = { id: minted.id, organisation: id, role: 'platform', person: id, secretSha256: minted.secretSha256 } as const;
    await stores.keys.create(key, setup, true);
    return minted.key;
  } finally {
    await database.close();
  }
}

/** A database with the platforms, each of which has a key. */
export async function databaseWithPlatforms<Id extends string>(
  ...ids: readonly Id[]
): Promise<{ database: TestDatabase; keys: Readonly<Record<Id, string>> }> {
  const database = await createTestDatabase();
  const keys: Partial<Record<Id, string>> = {};
  for (const id of ids) keys[id] = await createPlatform(database, id);
  return { database, keys: keys as Record<Id, string> };
}

/** One file in the field `name`, with the type that HTTP libraries give to unknown bytes. */
export function fileForm(name: string, bytes: Uint8Array, fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set(name, new Blob([new Uint8Array(bytes)], { type: 'application/octet-stream' }), 'x');
  return form;
}
