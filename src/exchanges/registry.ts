import type { Exchange } from './exchange.js';
import { ExchangeHttp } from './http.js';
import { ncmecExchange } from './ncmec.js';
import { sampleExchange } from './sample.js';
import { stopnciiExchange } from './stopncii.js';
import { synapseExchange } from './synapse.js';
import { threatExchange } from './threatexchange.js';
import { vigieExchange } from './vigie.js';

/** Every exchange that Vigie has a client for, by kind. */
export function allExchanges(http = new ExchangeHttp()): ReadonlyMap<string, Exchange> {
  const clients = [
    ...[ncmecExchange(http), stopnciiExchange(http), threatExchange(http), synapseExchange(http), vigieExchange(http)],
    sampleExchange(),
  ];
  return new Map(clients.map((one) => [one.kind, one]));
}

export function kindsThatTakeFeedback(): string[] {
  return [...allExchanges().values()].flatMap(({ kind, sendFeedback }) => (sendFeedback ? [kind] : []));
}
