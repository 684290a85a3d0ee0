import type { FastifyInstance } from 'fastify';
import type { IndexState } from '../../service/hma/index-state.js';
import { sendJson } from './json.js';
import { hmaDocument } from './open-api.js';
import { hmaRoute } from './route.js';

/** What needs no key. */
export function statusRoutes(scope: FastifyInstance, indexState: IndexState, routes: readonly string[]): void {
  const open = { method: 'GET', access: 'public' } as const;
  hmaRoute(scope, { ...open, url: '/status' }, async (_request, reply) => {
    const { health } = indexState;
    return reply
      .code(health === 'I-AM-ALIVE' ? 200 : 503)
      .type('text/html; charset=utf-8')
      .send(health);
  });
  hmaRoute(scope, { ...open, url: '/status/live' }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send('I-AM-ALIVE'),
  );
  hmaRoute(scope, { ...open, url: '/site-map' }, async (_request, reply) => sendJson(reply, siteMapOf(routes)));
  hmaRoute(scope, { ...open, url: '/openapi/openapi.json' }, async (_request, reply) => sendJson(reply, hmaDocument(routes)));
}

const flaskNames: Readonly<Record<string, string>> = {
  ':bank': '<bank_name>',
  ':content': '<int:content_id>',
  ':exchange': '<exchange_name>',
  ':api': '<api_name>',
  ':type': '<signal_type_name>',
};

/** Sorted, with parameters as Flask writes them. */
function siteMapOf(routes: readonly string[]): string[] {
  const paths = routes.map((route) => route.slice(route.indexOf(' ') + 1).replace(/:\w+/g, (name) => flaskNames[name] ?? name));
  return [...new Set(paths)].sort();
}
