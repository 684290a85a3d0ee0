import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { BankExchange, BankExchanges } from '../../service/hma/bank-exchanges.js';
import { type ApiField, type ExchangeApi, exchangeApis } from '../../service/hma/exchange-apis.js';
import type { ExchangeCuration } from '../../service/hma/exchange-curation.js';
import { callerOf } from '../hooks/access.js';
import { curators } from './banks.js';
import { jsonOf } from './bodies.js';
import { sendJson } from './json.js';
import { truthOf } from './query.js';
import { hmaRoute } from './route.js';

export interface ExchangeRouteParts {
  readonly bankExchanges: BankExchanges;
  readonly exchangeCuration: ExchangeCuration;
}

/** Exchanges of banks, by the names of the banks. */
export function exchangeRoutes(scope: FastifyInstance, { bankExchanges, exchangeCuration }: ExchangeRouteParts): void {
  const get = { method: 'GET', access: curators } as const;
  const one = (request: FastifyRequest) => bankExchanges.get(callerOf(request), nameOf(request));
  hmaRoute(scope, { ...get, url: '/c/exchanges' }, async (request, reply) =>
    sendJson(
      reply,
      (await bankExchanges.all(callerOf(request))).map(({ bank }) => bank),
    ),
  );
  hmaRoute(scope, { method: 'POST', url: '/c/exchanges', access: curators, counts: 'requests' }, async (request, reply) => {
    const { bank, api, config } = askedExchange(jsonOf(request));
    await exchangeCuration.create(callerOf(request), bank, api, config);
    return sendJson(reply, { message: 'Created successfully' }, 201);
  });
  const url = '/c/exchange/:exchange';
  hmaRoute(scope, { ...get, url }, async (request, reply) => sendJson(reply, shownExchange(await one(request))));
  hmaRoute(scope, { ...get, url: `${url}/status` }, async (request, reply) => sendJson(reply, statusOf(await one(request))));
  hmaRoute(scope, { method: 'PUT', url, access: curators }, async (request, reply) => {
    const { enabled } = objectOf(jsonOf(request), 'Request input was not a dict');
    const truth = typeof enabled === 'string' ? truthOf(enabled) : enabled;
    if (typeof truth !== 'boolean') throw new VigieError('bad_request', 'enabled must be true or false');
    return sendJson(reply, shownExchange(await exchangeCuration.enable(callerOf(request), nameOf(request), truth)));
  });
  hmaRoute(scope, { method: 'DELETE', url, access: curators }, async (request, reply) => {
    await exchangeCuration.delete(callerOf(request), nameOf(request));
    return sendJson(reply, { message: 'Exchange deleted' });
  });
  apiRoutes(scope, exchangeCuration);
}

function apiRoutes(scope: FastifyInstance, exchangeCuration: ExchangeCuration): void {
  const url = '/c/exchanges/api/:api';
  const auth = async (request: FastifyRequest, api: ExchangeApi) => ({
    has_set_authentification: await exchangeCuration.hasCredentials(callerOf(request), api),
    supports_authentification: api.credentials !== null,
  });
  hmaRoute(scope, { method: 'GET', url: '/c/exchanges/apis', access: curators }, async (_request, reply) =>
    sendJson(reply, [...exchangeApis.keys()]),
  );
  hmaRoute(scope, { method: 'GET', url, access: curators }, async (request, reply) =>
    sendJson(reply, await auth(request, apiOf(request))),
  );
  hmaRoute(scope, { method: 'POST', url, access: curators }, async (request, reply) => {
    const api = apiOf(request);
    const { credential_json } = objectOf(jsonOf(request), notAnObject);
    if (credential_json !== undefined)
      await exchangeCuration.setCredentials(callerOf(request), api, objectOf(credential_json, notAnObject));
    return sendJson(reply, await auth(request, api));
  });
  hmaRoute(scope, { method: 'GET', url: `${url}/schema`, access: curators }, async (request, reply) => {
    const api = exchangeApis.get(nameOf(request));
    if (!api) throw new VigieError('not_found', `Exchange API '${nameOf(request)}' not found`);
    const fields = (all: readonly ApiField[]) => ({ fields: all.map(shownField) });
    return sendJson(reply, {
      config_schema: fields(api.config),
      credentials_schema: api.credentials && fields(api.credentials),
    });
  });
}

const notAnObject = 'this endpoint expects a json object payload';

function shownField({ name, type, required, help, choices = [] }: ApiField) {
  return { name, type, required, default: null, help, choices };
}

/** @throws VigieError `bad_request`. */
function apiOf(request: FastifyRequest): ExchangeApi {
  const api = exchangeApis.get(nameOf(request));
  if (!api) throw new VigieError('bad_request', `no such Exchange API '${nameOf(request)}'`);
  return api;
}

/** @throws VigieError `bad_request`, in the words of HMA. */
function askedExchange(value: unknown) {
  const { bank, api: name, api_json = {} } = objectOf(value, notAnObject);
  if (typeof bank !== 'string' || bank === '') throw new VigieError('bad_request', 'bank is required');
  if (!/^[A-Z0-9_]+$/.test(bank)) throw new VigieError('bad_request', 'Field `bank` must match /^[A-Z0-9_]+$/');
  if (typeof name !== 'string' || name === '') throw new VigieError('bad_request', 'Field `api_type` is required');
  const config = objectOf(api_json, 'Field `api_json` must be object');
  const api = exchangeApis.get(name);
  if (!api) throw new VigieError('bad_request', `No such exchange type '${name}'`);
  return { bank, api, config };
}

/** @throws VigieError `bad_request`. */
function objectOf(value: unknown, message: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new VigieError('bad_request', message);
}

function nameOf({ params }: FastifyRequest): string {
  const { exchange, api = '' } = params as { readonly exchange?: string; readonly api?: string };
  return exchange ?? api;
}

/** The settings only of what a client made: an operator's may name hosts of an inner network. */
function shownExchange({ bank, exchange: { id, list, kind, baseUrl, enabled, options } }: BankExchange) {
  const api = [...exchangeApis.values()].find((one) => one.kind === kind);
  const settings = id === list ? api?.shown({ baseUrl, options }) : {};
  return { ...settings, api: api?.name ?? kind, enabled, name: bank };
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
