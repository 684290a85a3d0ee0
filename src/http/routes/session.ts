import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { VigieError } from '../../domain/errors.js';
import { roles } from '../../domain/key.js';
import type { Session, Sessions } from '../../service/accounts/sessions.js';
import { callerOf } from '../hooks/access.js';
import { clearSessionCookie, refuseOtherSites, sessionCookieOf, setSessionCookie } from '../hooks/session-cookie.js';
import { noContentSchema } from '../schemas/no-content.js';
import { sessionSchema } from '../schemas/session.js';

/** `/v1/session`: signing in and out of a browser. */
export function sessionRoutes(app: FastifyInstance, sessions: Sessions): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.post(
    '/v1/session',
    {
      config: { access: roles, repeatable: true, keyOnly: true },
      schema: {
        summary: 'Sign in',
        description: 'Trades the key in the header Authorization for a cookie. A session of that browser that is open ends.',
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => {
      const { cookie, session } = await sessions.open(callerOf(request), sessionCookieOf(request));
      setSessionCookie(request, reply, cookie);
      return shown(reply, session);
    },
  );
  routes.get(
    '/v1/session',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Get your session',
        description: 'Reads the cookie and needs no token, so a page that was loaded again gets its token back.',
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => shown(reply, await ownSession(sessions, request)),
  );
  routes.delete(
    '/v1/session',
    {
      config: { access: roles },
      schema: { summary: 'Sign out', description: 'Ends the session on every node.', response: { 204: noContentSchema } },
    },
    async (request, reply) => {
      if (request.sessionCookie === null) throw new VigieError('not_found', 'a request with a key has no session');
      await sessions.close(callerOf(request), request.sessionCookie);
      clearSessionCookie(request, reply);
      return reply.code(204).send();
    },
  );
}

async function ownSession(sessions: Sessions, request: FastifyRequest): Promise<Session> {
  refuseOtherSites(request);
  const cookie = sessionCookieOf(request);
  if (cookie === undefined) throw new VigieError('unauthorized', 'there is no session: sign in with POST /v1/session');
  const session = await sessions.find(cookie);
  request.caller = session.caller;
  return session;
}

function shown(reply: FastifyReply, { caller, organisationName, personName, ...session }: Session) {
  reply.headers({ 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' });
  const { key, organisation, person, role } = caller;
  return { ...session, caller: { key, organisation, organisationName, person, personName, role } };
}
