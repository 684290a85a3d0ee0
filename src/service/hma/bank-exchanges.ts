import { VigieError } from '../../domain/errors.js';
import type { StoredExchange } from '../../domain/exchange.js';
import type { Caller } from '../../domain/key.js';
import type { Exchanges } from '../exchange-sync/exchanges.js';
import type { BankCache } from './bank-cache.js';

export interface BankExchangeParts {
  readonly bankCache: BankCache;
  readonly exchanges: Pick<Exchanges, 'all' | 'listsOf'>;
}

/** A list that follows another service, under the name of its bank. */
export interface BankExchange {
  readonly bank: string;
  readonly exchange: StoredExchange;
}

/** The exchanges of the banks that the organisation may read. An operator connects and changes them. */
export class BankExchanges {
  constructor(private readonly parts: BankExchangeParts) {}

  /** The first exchange of each bank. */
  async all({ organisation }: Caller): Promise<BankExchange[]> {
    const { bankCache, exchanges } = this.parts;
    const { byList } = await bankCache.of(organisation);
    const lists = exchanges.listsOf(organisation).filter((id) => byList.has(id));
    const found = new Map<string, BankExchange>();
    for (const exchange of await exchanges.all(lists)) {
      const bank = byList.get(exchange.list)?.name;
      if (bank !== undefined && !found.has(bank)) found.set(bank, { bank, exchange });
    }
    return [...found.values()];
  }

  /** @throws VigieError `not_found`. */
  async get(caller: Caller, bank: string): Promise<BankExchange> {
    const found = (await this.all(caller)).find((one) => one.bank === bank);
    if (!found) throw new VigieError('not_found', `Exchange '${bank}' not found`);
    return found;
  }
}
