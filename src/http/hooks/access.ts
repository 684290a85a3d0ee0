import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { Caller, Role } from '../../domain/key.js';
import type { KeyCache } from '../../service/accounts/key-cache.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call: some roles, or anybody. A route without it does not start. */
    access?: 'public' | readonly Role[];
    /** Changes something: takes an Idempotency-Key. */
    writes?: boolean;
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** Checks key and role of every request before a byte of its body is read. */
export function installAccess(app: FastifyInstance, keyCache: KeyCache): void {
  app.decorateRequest('caller', null);
  app.addHook('onRoute', ({ url, config, method }) => {
    // HEAD routes and those of the documentation plugin are derived from others.
    if (!config?.access && !url.startsWith('/docs')) throw new Error(`route ${method} ${url} does not say who may call it`);
  });
  // Callbacks, here and in the other hooks of every request: the promises of three async ones took a tenth of a hash match.
  app.addHook('onRequest', (request, _reply, done) => {
    const { access } = request.routeOptions.config;
    if (access === undefined || access === 'public') return done();
    const caller = keyCache.authenticate(request.headers.authorization, Date.now());
    if (!access.includes(caller.role)) {
      throw new VigieError('forbidden', `a key of role ${caller.role} may not; this needs ${access.join(' or ')}`);
    }
    request.caller = caller;
    done();
  });
}

/** Who calls; only for routes that are not public. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('a public route has no caller');
  return request.caller;
}
