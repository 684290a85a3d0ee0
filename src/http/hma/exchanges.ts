import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { BankExchange, BankExchanges } from '../../service/hma/bank-exchanges.js';
import { callerOf } from '../hooks/access.js';
import { curators } from './banks.js';
import { sendJson } from './json.js';
import { hmaRoute } from './route.js';

/** What HMA calls the services; others have the same name. */
const apiNames: Readonly<Record<string, string>> = { stopncii: 'stop_ncii', threatexchange: 'fb_threatexchange' };

/** Clients see the exchanges of their banks. An operator connects and changes them, with /v1/exchanges. */
export function exchangeRoutes(scope: FastifyInstance, exchanges: BankExchanges): void {
  const get = { method: 'GET', access: curators } as const;
  const one = (request: FastifyRequest) => exchanges.get(callerOf(request), nameOf(request));
  hmaRoute(scope, { ...get, url: '/c/exchanges' }, async (request, reply) =>
    sendJson(
      reply,
      (await exchanges.all(callerOf(request))).map(({ bank }) => bank),
    ),
  );
  const url = '/c/exchange/:exchange';
  hmaRoute(scope, { ...get, url }, async (request, reply) => sendJson(reply, shownExchange(await one(request))));
  hmaRoute(scope, { ...get, url: `${url}/status` }, async (request, reply) => sendJson(reply, statusOf(await one(request))));
  hmaRoute(scope, { method: 'POST', url: '/c/exchanges', access: curators }, operatorOnly);
  hmaRoute(scope, { method: 'PUT', url, access: curators }, async (request) => {
    await one(request);
    return operatorOnly();
  });
  hmaRoute(scope, { method: 'DELETE', url, access: curators }, async (request, reply) => {
    const all = await exchanges.all(callerOf(request));
    if (all.some(({ bank }) => bank === nameOf(request))) return operatorOnly();
    return sendJson(reply, { message: 'Exchange deleted' });
  });
  apiRoutes(scope);
}

/** None, because a client could connect none of them. */
function apiRoutes(scope: FastifyInstance): void {
  const url = '/c/exchanges/api/:api';
  hmaRoute(scope, { method: 'GET', url: '/c/exchanges/apis', access: curators }, async (_request, reply) => sendJson(reply, []));
  for (const method of ['GET', 'POST'] as const) {
    hmaRoute(scope, { method, url, access: curators }, async (request) => {
      throw new VigieError('bad_request', `no such Exchange API '${nameOf(request)}'`);
    });
  }
  hmaRoute(scope, { method: 'GET', url: `${url}/schema`, access: curators }, async (request) => {
    throw new VigieError('not_found', `Exchange API '${nameOf(request)}' not found`);
  });
}

async function operatorOnly(): Promise<never> {
  throw new VigieError('forbidden', 'exchanges are connected and changed by an operator, with /v1/exchanges');
}

function nameOf({ params }: FastifyRequest): string {
  const { exchange, api = '' } = params as { readonly exchange?: string; readonly api?: string };
  return exchange ?? api;
}

function shownExchange({ bank, exchange: { kind, enabled, options } }: BankExchange) {
  return { ...options, api: apiNames[kind] ?? kind, enabled, name: bank };
}

function statusOf({ exchange }: BankExchange) {
  const { checkpointAt, triedAt, succeededAt, failures, fetched, withdrawn } = exchange;
  return {
    checkpoint_ts: secondsOf(checkpointAt),
    fetched_items: Math.max(0, fetched - withdrawn),
    last_fetch_complete_ts: secondsOf(succeededAt),
    last_fetch_succeeded: triedAt === null ? null : failures === 0,
    running_fetch_start_ts: null,
    up_to_date: succeededAt !== null && failures === 0,
  };
}

function secondsOf(time: string | null): number | null {
  return time === null ? null : Math.floor(Date.parse(time) / 1_000);
}
