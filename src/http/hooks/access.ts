import { isIP } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { Caller, Role } from '../../domain/key.js';
import type { KeyCache } from '../../service/accounts/key-cache.js';
import type { Sessions } from '../../service/accounts/sessions.js';
import type { BoundKeys } from './bound-keys.js';
import { isUnattended, refuseOtherSites, requireCsrfToken, sessionCookieOf, takesSession } from './session-cookie.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Required for every route. */
    access?: 'public' | readonly Role[];
    /** A header that may carry the key, for clients of other services. */
    keyHeader?: string;
    /** The key may come as the password of Basic authentication, for any user name. */
    basicAuth?: boolean;
    /** A session does not do. */
    keyOnly?: boolean;
  }
  interface FastifyRequest {
    caller: Caller | null;
    /** Null: the caller sent a key. */
    sessionCookie: string | null;
  }
}

export interface AccessParts {
  readonly keyCache: KeyCache;
  readonly sessions: Pick<Sessions, 'find'>;
  readonly boundKeys: BoundKeys;
}

/** Checks key, or session, and role before the body is read. */
export function installAccess(app: FastifyInstance, { keyCache, sessions, boundKeys }: AccessParts): void {
  app.decorateRequest('caller', null);
  app.decorateRequest('sessionCookie', null);
  app.addHook('onRoute', ({ url, config, method }) => {
    if (!config?.access && !url.startsWith('/docs')) throw new Error(`route ${method} ${url}: config.access is missing`);
  });
  // Callbacks, because three async hooks took a tenth of the time of a hash match.
  app.addHook('onRequest', (request, reply, done) => {
    const { access, errorShape } = request.routeOptions.config;
    const bound = boundKeys.of(request.raw.socket);
    if (bound !== undefined) refuseOnBoundPort(request, errorShape);
    if (access === undefined || access === 'public') return done();
    const cookie = bound === undefined ? cookieInsteadOfKey(request) : undefined;
    if (cookie !== undefined) {
      admitSession(sessions, request, reply, cookie).then(() => done(), done);
      return;
    }
    admit(request, keyCache.authenticate(bound ?? keyOf(request), Date.now()));
    done();
  });
}

/** @throws VigieError `forbidden` for a role that may not call the route. */
function admit(request: FastifyRequest, caller: Caller): void {
  const { access = [] } = request.routeOptions.config;
  // Also of a refused request: the access log names the organisation.
  request.caller = caller;
  if (access === 'public' || access.includes(caller.role)) return;
  throw new VigieError('forbidden', `this call needs a key of role ${access.join(' or ')}; yours has role ${caller.role}`);
}

/** The cookie of a browser that sent no key. */
function cookieInsteadOfKey(request: FastifyRequest): string | undefined {
  if (request.headers.authorization !== undefined || request.headers.cookie === undefined) return undefined;
  return takesSession(request.routeOptions.config) ? sessionCookieOf(request) : undefined;
}

async function admitSession(
  sessions: AccessParts['sessions'],
  request: FastifyRequest,
  reply: FastifyReply,
  cookie: string,
): Promise<void> {
  refuseOtherSites(request);
  requireCsrfToken(request, cookie);
  const { caller } = await sessions.find(cookie, isUnattended(request));
  request.sessionCookie = cookie;
  // A person who uses the browser next must not find answers in its cache.
  reply.header('cache-control', 'no-store');
  admit(request, caller);
}

/** A page that somebody opens on this machine must not act with the key of the port. */
function refuseOnBoundPort({ headers, raw }: FastifyRequest, errorShape: string | undefined): void {
  if (errorShape !== 'hma') throw new VigieError('not_found', 'this port answers the HMA API only');
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined)
    throw new VigieError('forbidden', 'browsers may not use this port; send a key to the port of the API');
  if (isLoopback(raw.socket.localAddress) && !isLocalName(headers.host))
    throw new VigieError('forbidden', 'this port is called by its address, as localhost or by a name without a dot');
}

function isLoopback(address = ''): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(address);
}

/** A page may give its own name the address of this machine: then a browser takes this port for a part of its site. */
function isLocalName(host = ''): boolean {
  const name = host.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || !name.includes('.') || /\.(localhost|local|internal)$/.test(name);
}

function keyOf({ headers, routeOptions }: FastifyRequest): string | undefined {
  const { keyHeader } = routeOptions.config;
  const given = keyHeader === undefined ? undefined : headers[keyHeader];
  const sent = headers.authorization ?? (typeof given === 'string' ? given : undefined);
  return routeOptions.config.basicAuth ? (passwordIn(sent) ?? sent) : sent;
}

/** Of `Basic <user:password in base64>`. */
function passwordIn(authorization: string | undefined): string | undefined {
  const [, encoded] = /^Basic +([\w+/=-]+)$/i.exec(authorization ?? '') ?? [];
  const pair = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('latin1');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
}

export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('this route is public and has no caller');
  return request.caller;
}
