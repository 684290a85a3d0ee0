import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { curators } from './banks.js';
import { sendJson } from './json.js';
import { hmaRoute } from './route.js';

/** An operator connects exchanges with POST /v1/exchanges. A client of HMA sees none. */
export function exchangeRoutes(scope: FastifyInstance): void {
  const get = { method: 'GET', access: curators } as const;
  hmaRoute(scope, { ...get, url: '/c/exchanges' }, async (_request, reply) => sendJson(reply, []));
  hmaRoute(scope, { ...get, url: '/c/exchanges/apis' }, async (_request, reply) => sendJson(reply, []));
  const refuse = (message: (name: string) => string, code: 'not_found' | 'bad_request') => async (request: FastifyRequest) => {
    const { exchange = '', api = '' } = request.params as { readonly exchange?: string; readonly api?: string };
    throw new VigieError(code, message(exchange || api));
  };
  const noExchange = refuse((name) => `Exchange '${name}' not found`, 'not_found');
  const noApi = refuse((name) => `no such Exchange API '${name}'`, 'bad_request');
  hmaRoute(scope, { method: 'POST', url: '/c/exchanges', access: curators }, async () => {
    throw new VigieError('forbidden', 'exchanges are connected by an operator, with POST /v1/exchanges');
  });
  hmaRoute(scope, { ...get, url: '/c/exchanges/api/:api' }, noApi);
  hmaRoute(scope, { method: 'POST', url: '/c/exchanges/api/:api', access: curators }, noApi);
  hmaRoute(
    scope,
    { ...get, url: '/c/exchanges/api/:api/schema' },
    refuse((name) => `Exchange API '${name}' not found`, 'not_found'),
  );
  hmaRoute(scope, { ...get, url: '/c/exchange/:exchange' }, noExchange);
  hmaRoute(scope, { ...get, url: '/c/exchange/:exchange/status' }, noExchange);
  hmaRoute(scope, { method: 'PUT', url: '/c/exchange/:exchange', access: curators }, noExchange);
  hmaRoute(scope, { method: 'DELETE', url: '/c/exchange/:exchange', access: curators }, async (_request, reply) =>
    sendJson(reply, { message: 'Exchange deleted' }),
  );
}
