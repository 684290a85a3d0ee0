export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How old, and how far in the future, a webhook may be. Default five minutes. */
  readonly toleranceMs?: number;
  /** Milliseconds since 1970. Default: now. */
  readonly now?: number;
}

export interface VerifiedWebhook {
  /** The same for each delivery of one event. Remember it, to act once. */
  readonly id: string;
  readonly sentAt: Date;
  /** The JSON of the body. */
  readonly payload: unknown;
}

/** The webhook is not to be trusted. Answer 400, and do nothing else. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}

const defaultToleranceMs = 5 * 60 * 1000;

/**
 * Checks that a webhook came from somebody who has one of `secrets`, and is recent (Standard Webhooks 1.0, signatures `v1`).
 *
 * `rawBody` is the body as it arrived: JSON that was parsed and written again has other bytes. During a change of the secret, pass the
 * old and the new one. The comparison takes the same time wherever the signatures differ.
 *
 * @throws WebhookError if a header is missing, the time is too far off, or no signature fits. No message contains a secret.
 * @throws TypeError if a secret is malformed, or `rawBody` is neither text nor bytes.
 */
export async function verifyWebhook(
  headers: WebhookHeaders,
  rawBody: string | Uint8Array,
  secrets: readonly string[],
  { toleranceMs = defaultToleranceMs, now = Date.now() }: VerifyOptions = {},
): Promise<VerifiedWebhook> {
  if (secrets.length === 0) throw new TypeError('secrets: must hold at least one secret');
  const body = bodyOf(rawBody);
  const keys = await Promise.all(secrets.map(keyOf));
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = signaturesIn(headerOf(headers, 'webhook-signature'));
  const sentAt = timeOf(timestamp, now, toleranceMs);
  const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), body);
  // One HMAC per secret: a stranger can send thousands of signatures in a header.
  const expected = await Promise.all(keys.map((key) => crypto.subtle.sign('HMAC', key, signed)));
  const fits = expected.flatMap((one) => signatures.map((signature) => isSame(new Uint8Array(one), signature)));
  if (!fits.includes(true)) throw new WebhookError('no signature fits the body and the secrets');
  return { id, sentAt, payload: payloadOf(body) };
}

function bodyOf(rawBody: string | Uint8Array): Uint8Array {
  if (typeof rawBody === 'string') return new TextEncoder().encode(rawBody);
  if (ArrayBuffer.isView(rawBody)) return rawBody;
  throw new TypeError('rawBody: must be the body as it arrived, as text or bytes; turn off the JSON parser for this route');
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = isHeaders(headers) ? headers.get(name) : valueIn(headers, name);
  if (typeof value === 'string' && value !== '') return value;
  throw new WebhookError(`the header ${name} is missing`);
}

/** Packages that bring their own fetch have a class of their own, so that `instanceof` is false. */
function isHeaders(headers: WebhookHeaders): headers is Headers {
  return typeof headers.get === 'function';
}

/** Some frameworks keep the case of names. */
function valueIn(headers: Readonly<Record<string, string | readonly string[] | undefined>>, name: string): unknown {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === 'object' ? found.join(' ') : found;
}

function timeOf(timestamp: string, now: number, toleranceMs: number): Date {
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookError('webhook-timestamp: must be seconds since 1970');
  const at = Number(timestamp) * 1000;
  const distance = Math.abs(now - at);
  if (distance <= toleranceMs) return new Date(at);
  throw new WebhookError(`the webhook is ${Math.round(distance / 1000)} s off this clock, the limit is ${toleranceMs / 1000} s`);
}

/** Those of other versions are left out. */
function signaturesIn(header: string): Uint8Array<ArrayBuffer>[] {
  return header
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .flatMap((one) => bytesOf(one.slice(3)) ?? []);
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = bytesOf(secret.replace(/^whsec_/, ''));
  if (!bytes || bytes.length === 0) throw new TypeError('secrets: a secret must be base64, with or without whsec_ before it');
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Looks at each byte: the time must not tell where the first difference is. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  return one.reduce((difference, byte, at) => difference | (byte ^ (other[at] ?? 0)), 0) === 0;
}

function joined(head: Uint8Array, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return all;
}

function payloadOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new WebhookError('the body is not JSON');
  }
}
