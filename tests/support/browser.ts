/** What a browser that signed in sends: a cookie and a token, and no key. */
import { z } from 'zod';
import type { Answer } from './client.js';

const openedSchema = z.object({ csrfToken: z.string() });

export class SignedIn {
  constructor(
    private readonly url: string,
    readonly cookie: string,
    readonly csrfToken: string,
  ) {}

  call(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: unknown): Promise<Answer> {
    return this.withoutToken(method, path, { 'x-csrf-token': this.csrfToken, ...headers }, body);
  }

  withoutToken(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: unknown): Promise<Answer> {
    return send(this.url, method, path, { cookie: this.cookie, ...headers }, body);
  }

  /** The same browser, on another node. */
  at(url: string): SignedIn {
    return new SignedIn(url, this.cookie, this.csrfToken);
  }
}

export async function signIn(url: string, key: string): Promise<SignedIn> {
  const answer = await send(url, 'POST', '/v1/session', { authorization: `Bearer ${key}` });
  if (answer.status !== 200) throw new Error(`signing in answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return new SignedIn(url, cookieOf(answer), openedSchema.parse(answer.body).csrfToken);
}

/** The cookie that an answer sets, as a browser sends it back. */
function cookieOf({ headers }: Pick<Answer, 'headers'>): string {
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function send(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<Answer> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, { method, headers: { ...headers, ...type }, ...json });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
