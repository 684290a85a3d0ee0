import type { Exchange } from './exchange.js';
import { ncmecExchange } from './ncmec.js';

/** By kind. */
export function allExchanges(): ReadonlyMap<string, Exchange> {
  return new Map([ncmecExchange()].map((one) => [one.kind, one]));
}
