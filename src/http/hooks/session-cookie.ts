import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { isCsrfTokenOf } from '../../service/accounts/sessions.js';

const name = 'vigie_session';
/** Browsers take a cookie of this prefix from its own host only, so no neighbouring site can plant one. */
const secureName = `__Host-${name}`;
const loopback = /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Clients of other services are no browsers that signed in. */
export function takesSession({ keyOnly, keyHeader, basicAuth, errorShape }: FastifyContextConfig): boolean {
  return !keyOnly && keyHeader === undefined && !basicAuth && errorShape === undefined;
}

/** Undefined: the browser has none. */
export function sessionCookieOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const prefix = `${nameFor(headers)}=`;
  const pairs = headers.cookie?.split(';').map((pair) => pair.trim());
  return pairs?.find((pair) => pair.startsWith(prefix))?.slice(prefix.length);
}

export function setSessionCookie({ headers }: FastifyRequest, reply: FastifyReply, cookie: string): void {
  reply.header('set-cookie', `${nameFor(headers)}=${cookie}; ${attributesFor(headers)}`);
}

export function clearSessionCookie({ headers }: FastifyRequest, reply: FastifyReply): void {
  reply.header('set-cookie', `${nameFor(headers)}=; ${attributesFor(headers)}; Max-Age=0`);
}

/** @throws VigieError `forbidden` if another page than one of this service sent the request. Old browsers do not say. */
export function refuseOtherSites({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new VigieError('forbidden', `Sec-Fetch-Site ${site}: only pages of this service may use a session`);
}

/** @throws VigieError `forbidden` without the token of the session. */
export function requireCsrfToken({ headers }: FastifyRequest, cookie: string): void {
  const token = headers['x-csrf-token'];
  if (typeof token === 'string' && isCsrfTokenOf(cookie, token)) return;
  const wrong = token === undefined ? 'is missing' : 'is not the token of this session';
  throw new VigieError('forbidden', `the header x-csrf-token ${wrong}: send the csrfToken that GET /v1/session returns`);
}

/** A page that shows something new by itself says so. */
export function isUnattended({ headers }: FastifyRequest): boolean {
  return headers['x-unattended'] === 'true';
}

type Headers = FastifyRequest['headers'];

function nameFor(headers: Headers): string {
  return isSecure(headers) ? secureName : name;
}

function attributesFor(headers: Headers): string {
  return `HttpOnly; SameSite=Strict; Path=/${isSecure(headers) ? '; Secure' : ''}`;
}

/** Browsers refuse secure cookies of plain HTTP. Only on this machine may a session do without. */
function isSecure({ host = '', 'x-forwarded-proto': protocol }: Headers): boolean {
  return protocol === 'https' || !loopback.test(host);
}
