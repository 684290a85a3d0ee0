import { VigieError } from '../../domain/errors.js';
import type { StoredExchange } from '../../domain/exchange.js';
import { actorOf, type Caller } from '../../domain/key.js';
import type { HmaCredentialStore } from '../../store/hma-credentials.js';
import type { CredentialSeal, Credentials } from '../exchange-sync/credential-seal.js';
import type { Exchanges } from '../exchange-sync/exchanges.js';
import type { BankCuration } from './bank-curation.js';
import type { BankExchange, BankExchanges } from './bank-exchanges.js';
import type { ExchangeApi } from './exchange-apis.js';

export interface ExchangeCurationParts {
  readonly exchanges: Exchanges;
  readonly credentials: HmaCredentialStore;
  readonly seal: CredentialSeal;
  readonly bankCuration: BankCuration;
  readonly bankExchanges: BankExchanges;
}

/** Connects banks to other services. Like every bank of a client, such a bank belongs to one organisation. */
export class ExchangeCuration {
  constructor(private readonly parts: ExchangeCurationParts) {}

  async hasCredentials({ organisation }: Caller, api: ExchangeApi): Promise<boolean> {
    return (await this.parts.credentials.get(organisation, api.name)) !== undefined;
  }

  /** For all exchanges of the organisation with the service. @param given empty: clears them. @throws VigieError `bad_request`. */
  async setCredentials(caller: Caller, api: ExchangeApi, given: Readonly<Record<string, unknown>>): Promise<void> {
    const { organisation } = caller;
    if (!api.credentials) throw new VigieError('bad_request', `Exchange API '${api.name}' takes no credentials`);
    const credentials = Object.keys(given).length === 0 ? undefined : credentialsOf(api, given);
    const sealed = credentials && this.parts.seal.seal(ownerOf(organisation), api.name, credentials);
    await this.parts.credentials.set(organisation, api.name, sealed, actorOf(caller));
    for (const one of await this.parts.bankExchanges.all(caller)) {
      if (one.exchange.kind !== api.kind || !(await this.isOwn(caller, one))) continue;
      const change = { credentials: credentials ?? {}, mayLackCredentials: true };
      await this.parts.exchanges.change(actorOf(caller), one.exchange.id, change);
    }
  }

  /** Makes the bank as well. @throws VigieError `bad_request`, `forbidden`. */
  async create(caller: Caller, name: string, api: ExchangeApi, config: Readonly<Record<string, unknown>>): Promise<void> {
    const missing = api.config.find((field) => field.required && (config[field.name] ?? null) === null);
    if (missing) throw new VigieError('bad_request', `Failed to parse \`api_json\` - missing value for field "${missing.name}"`);
    const settings = api.settings(config);
    // Before the bank is made: if they cannot be opened, no bank is left without its exchange.
    const credentials = await this.credentials(caller, api);
    const { list } = await this.parts.bankCuration.create(caller, name, 1);
    await this.parts.exchanges.create(actorOf(caller), {
      ...{ id: list, kind: api.kind, list, ...settings, credentials, mayLackCredentials: true },
    });
  }

  /** @throws VigieError `not_found`, `forbidden`. */
  async enable(caller: Caller, bank: string, enabled: boolean): Promise<BankExchange> {
    const one = await this.own(caller, bank);
    const change = { enabled, mayLackCredentials: true };
    return { bank, exchange: await this.parts.exchanges.change(actorOf(caller), one.id, change) };
  }

  /** With its bank, whether there is one or not. @throws VigieError `forbidden`. */
  async delete(caller: Caller, bank: string): Promise<void> {
    const all = await this.parts.bankExchanges.all(caller);
    if (!all.some((one) => one.bank === bank)) return;
    const one = await this.own(caller, bank);
    await this.parts.exchanges.delete(actorOf(caller), one.id);
    await this.parts.bankCuration.delete(caller, bank);
  }

  private async own(caller: Caller, bank: string): Promise<StoredExchange> {
    const one = await this.parts.bankExchanges.get(caller, bank);
    if (await this.isOwn(caller, one)) return one.exchange;
    throw new VigieError('forbidden', `exchange '${bank}' was connected by an operator, who changes it with /v1/exchanges`);
  }

  /** What operators connect has an id that they chose. */
  private async isOwn(caller: Caller, { bank, exchange }: BankExchange): Promise<boolean> {
    return (
      exchange.id === exchange.list && this.parts.bankCuration.isOwn(caller, await this.parts.bankCuration.get(caller, bank))
    );
  }

  private async credentials({ organisation }: Caller, api: ExchangeApi): Promise<Credentials> {
    const sealed = await this.parts.credentials.get(organisation, api.name);
    return sealed ? this.parts.seal.open(ownerOf(organisation), api.name, sealed) : {};
  }
}

const ownerOf = (organisation: string) => `organisation ${organisation}`;

function credentialsOf({ credentials, credentialNames }: ExchangeApi, given: Readonly<Record<string, unknown>>): Credentials {
  const pairs = (credentials ?? []).map(({ name }, at) => {
    const value = given[name];
    if (typeof value !== 'string' || value === '') throw new VigieError('bad_request', `credential_json: ${name} is missing`);
    return [credentialNames[at] ?? name, value] as const;
  });
  return Object.fromEntries(pairs);
}
