/** Calls the public API as the person who is signed in. */
import type { Operations } from './operations.ts';
import { refusalOf, Unreachable } from './problem.ts';
import { renewToken, session, signedInAgain } from './session.ts';

export type OperationName = keyof Operations;
export type Answer<Name extends OperationName> = Operations[Name]['answer'];
type Part<Name extends OperationName, Key extends string> =
  Operations[Name] extends Readonly<Record<Key, infer Value>> ? Value : undefined;

export interface Given<Name extends OperationName> {
  /** Values of the `{names}` in the path. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Part<Name, 'query'> | undefined;
  readonly body?: Part<Name, 'body'> | FormData | Blob | undefined;
  /** The same key again makes the service repeat its answer instead of acting twice. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  /** The page asks by itself: that must not keep the session open. */
  readonly isUnattended?: boolean;
}

/** @throws Refusal, or Unreachable when no answer came. */
export async function call<Name extends OperationName>(name: Name, given: Given<Name> = {}): Promise<Answer<Name>> {
  const response = await send(name, given);
  if (!response.ok) throw await refusalOf(response);
  // The types come from the OpenAPI document of the same build.
  return (await contentOf(response)) as Answer<Name>;
}

function contentOf(response: Response): Promise<unknown> {
  if (response.status === 204) return Promise.resolve(null);
  return response.headers.get('content-type')?.includes('json') ? response.json() : response.text();
}

async function send<Name extends OperationName>(name: Name, given: Given<Name>): Promise<Response> {
  const known = session();
  const token = typeof known === 'object' ? known.csrfToken : '';
  const first = await attempt(name, given, token);
  if (first.status === 401) return attempt(name, given, (await signedInAgain()).csrfToken);
  // Another tab may have signed in since.
  const renewed = first.status === 403 ? await renewToken() : undefined;
  return renewed && renewed.csrfToken !== token ? attempt(name, given, renewed.csrfToken) : first;
}

async function attempt<Name extends OperationName>(
  name: Name,
  { path = {}, query, body, idempotencyKey, signal, isUnattended = false }: Given<Name>,
  csrfToken: string,
): Promise<Response> {
  const [method = 'GET', template = ''] = name.split(' ');
  const url = template.replace(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(path[part] ?? ''));
  const isBytes = body instanceof FormData || body instanceof Blob;
  const headers: Record<string, string> = { 'x-csrf-token': csrfToken };
  if (body !== undefined && !isBytes) headers['content-type'] = 'application/json';
  if (isUnattended) headers['x-unattended'] = 'true';
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
  try {
    return await fetch(url + searchOf(query as object | undefined), {
      method,
      headers,
      body: body === undefined ? null : isBytes ? body : JSON.stringify(body),
      cache: 'no-store',
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable();
  }
}

function searchOf(query: object | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  return given.length > 0 ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : '';
}
