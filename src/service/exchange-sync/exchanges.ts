import type { Actor } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import type { ExchangeKind, ExchangeSettings, StoredExchange } from '../../domain/exchange.js';
import { addressOf } from '../../exchanges/address.js';
import { type Exchange, ExchangeError } from '../../exchanges/exchange.js';
import type { ExchangeStore } from '../../store/exchanges.js';
import { type ListCache, noSuchList } from '../lists/list-cache.js';
import type { CredentialSeal, Credentials } from './credential-seal.js';

export interface NewExchange {
  readonly id: string;
  readonly kind: ExchangeKind;
  readonly list: string;
  readonly baseUrl?: string | undefined;
  readonly credentials: Credentials;
  readonly options?: Readonly<Record<string, string>> | undefined;
  readonly everySeconds?: number | undefined;
  /** They come later, and until then each fetch fails. */
  readonly mayLackCredentials?: boolean;
}

export interface ExchangeChange {
  readonly baseUrl?: string | undefined;
  /** All of them. */
  readonly credentials?: Credentials | undefined;
  readonly options?: Readonly<Record<string, string>> | undefined;
  readonly everySeconds?: number | undefined;
  readonly enabled?: boolean | undefined;
  /** Forget the checkpoint. */
  readonly startOver?: boolean | undefined;
  readonly mayLackCredentials?: boolean;
}

export interface ExchangesParts {
  readonly store: ExchangeStore;
  readonly clients: ReadonlyMap<string, Exchange>;
  readonly seal: CredentialSeal;
  readonly listCache: ListCache;
}

/** What operators set up, and what everybody who works on a list sees of it. */
export class Exchanges {
  constructor(private readonly parts: ExchangesParts) {}

  /** @throws VigieError `not_found`, `bad_request`, `conflict` */
  async create(actor: Actor, given: NewExchange): Promise<StoredExchange> {
    const list = this.parts.listCache.get(given.list);
    if (!list) throw noSuchList(given.list);
    const client = this.clientOf(given.kind);
    const baseUrl = withoutSlash(given.baseUrl ?? client.baseUrl ?? '');
    if (baseUrl === '') throw new VigieError('bad_request', `baseUrl: required for an exchange of kind ${given.kind}`);
    const { id, kind, credentials, options = {}, everySeconds = client.everySeconds } = given;
    this.check(client, baseUrl, { credentials, options, mayLack: given.mayLackCredentials });
    const settings = { id, kind, list: list.id, baseUrl, options, everySeconds, enabled: true };
    // Its claims are those of the list's owner, and no person's own work.
    const claimant = { organisation: list.organisation, person: null };
    if (!(await this.parts.store.create(settings, this.parts.seal.seal(id, baseUrl, credentials), actor, claimant)))
      throw new VigieError('conflict', `there is an exchange with the id "${id}" already; choose another`);
    return this.get(id);
  }

  /** @throws VigieError `not_found`, `bad_request` */
  async change(actor: Actor, id: string, change: ExchangeChange): Promise<StoredExchange> {
    const before = await this.get(id);
    const client = this.clientOf(before.kind);
    const baseUrl = withoutSlash(change.baseUrl ?? before.baseUrl);
    if (baseUrl !== before.baseUrl && !change.credentials)
      throw new VigieError('bad_request', 'credentials: required with a new baseUrl, so that nobody can send the old ones there');
    const credentials = change.credentials ?? this.parts.seal.open(id, baseUrl, before.credentials);
    const options = change.options ?? before.options;
    this.check(client, baseUrl, { credentials, options, mayLack: change.mayLackCredentials });
    const settings: ExchangeSettings = {
      ...before,
      ...{ baseUrl, options },
      everySeconds: change.everySeconds ?? before.everySeconds,
      enabled: change.enabled ?? before.enabled,
    };
    // Another address has other records, and its own checkpoints.
    const startsOver = change.startOver === true || baseUrl !== before.baseUrl;
    const sealed = change.credentials && this.parts.seal.seal(id, baseUrl, change.credentials);
    if (!(await this.parts.store.change(settings, sealed, startsOver, actor))) throw noSuchExchange(id);
    return this.get(id);
  }

  /** @param lists absent: all */
  all(lists = this.parts.listCache.all().map(({ id }) => id)): Promise<StoredExchange[]> {
    return this.parts.store.ofLists(lists);
  }

  /** The ids of the lists of which the organisation may see the exchanges. */
  listsOf(organisation: string): string[] {
    const { listCache } = this.parts;
    return listCache.all().flatMap(({ id }) => (listCache.rights(id, organisation).has('read') ? [id] : []));
  }

  /** @throws VigieError `not_found` */
  async get(id: string): Promise<StoredExchange> {
    const found = await this.parts.store.get(id);
    if (!found) throw noSuchExchange(id);
    return found;
  }

  /** Fetches within a second. @throws VigieError `not_found`, `conflict` */
  async hasten(id: string): Promise<StoredExchange> {
    const { enabled } = await this.get(id);
    if (!enabled) throw new VigieError('conflict', `exchange "${id}" is switched off; set enabled to true first`);
    await this.parts.store.hasten(id);
    return this.get(id);
  }

  /** Its entries stay. @throws VigieError `not_found` */
  async delete(actor: Actor, id: string): Promise<void> {
    if (!(await this.parts.store.delete(id, actor))) throw noSuchExchange(id);
  }

  private clientOf(kind: string): Exchange {
    const client = this.parts.clients.get(kind);
    if (client) return client;
    throw new VigieError('bad_request', `kind: expected one of ${[...this.parts.clients.keys()].join(', ')}, got "${kind}"`);
  }

  private check(client: Exchange, baseUrl: string, { credentials, options, mayLack = false }: Given): void {
    const known = [...client.credentials, ...(client.optionalCredentials ?? [])];
    const missing = client.credentials.filter((name) => !credentials[name]);
    if (missing.length > 0 && !mayLack) throw new VigieError('bad_request', `credentials: ${missing.join(' and ')} required`);
    refuseUnknown('credentials', Object.keys(credentials), known);
    refuseUnknown('options', Object.keys(options), client.options);
    try {
      addressOf(baseUrl, '');
    } catch (error) {
      if (error instanceof ExchangeError) throw new VigieError('bad_request', `baseUrl: ${error.message}`);
      throw error;
    }
  }
}

interface Given {
  readonly credentials: Credentials;
  readonly options: Readonly<Record<string, string>>;
  readonly mayLack?: boolean | undefined;
}

/** Without credentials and checkpoint. */
export function shownExchange(one: StoredExchange) {
  const { id, kind, list, baseUrl, options, everySeconds, enabled } = one;
  const { checkpointAt, triedAt, succeededAt, nextAt, failures, fault, error, fetched, withdrawn, refused, errors } = one;
  return {
    ...{ id, kind, list, baseUrl, options: { ...options }, everySeconds, enabled },
    status: { checkpointAt, triedAt, succeededAt, nextAt, failures, fault, error, fetched, withdrawn, refused, errors },
  };
}

function refuseUnknown(field: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const expected = known.length === 0 ? 'none' : known.join(', ');
  throw new VigieError('bad_request', `${field}: unknown ${unknown.join(', ')}; this kind knows ${expected}`);
}

function noSuchExchange(id: string): VigieError {
  return new VigieError('not_found', `there is no exchange with the id "${id}"`);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
