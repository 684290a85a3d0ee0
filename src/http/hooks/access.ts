import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { Caller, Role } from '../../domain/key.js';
import type { KeyCache } from '../../service/accounts/key-cache.js';
import type { BoundKeys } from './bound-keys.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Required for every route. */
    access?: 'public' | readonly Role[];
    /** A header that may carry the key, for clients of other services. */
    keyHeader?: string;
    /** The key may come as the password of Basic authentication, for any user name. */
    basicAuth?: boolean;
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** Checks key and role before the body is read. */
export function installAccess(app: FastifyInstance, keyCache: KeyCache, boundKeys: BoundKeys): void {
  app.decorateRequest('caller', null);
  app.addHook('onRoute', ({ url, config, method }) => {
    if (!config?.access && !url.startsWith('/docs')) throw new Error(`route ${method} ${url}: config.access is missing`);
  });
  // Callbacks, because three async hooks took a tenth of the time of a hash match.
  app.addHook('onRequest', (request, _reply, done) => {
    const { access, errorShape } = request.routeOptions.config;
    const bound = boundKeys.of(request.raw.socket);
    if (bound !== undefined) refuseOnBoundPort(request, errorShape);
    if (access === undefined || access === 'public') return done();
    const caller = keyCache.authenticate(bound ?? keyOf(request), Date.now());
    // Also of a refused request: the access log names the organisation.
    request.caller = caller;
    if (!access.includes(caller.role)) {
      throw new VigieError('forbidden', `this call needs a key of role ${access.join(' or ')}; yours has role ${caller.role}`);
    }
    done();
  });
}

/** A page that somebody opens on this machine must not act with the key of the port. */
function refuseOnBoundPort({ headers }: FastifyRequest, errorShape: string | undefined): void {
  if (errorShape !== 'hma') throw new VigieError('not_found', 'this port answers the HMA API only');
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined)
    throw new VigieError('forbidden', 'browsers may not use this port; send a key to the port of the API');
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
