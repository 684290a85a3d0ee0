/** Who may do anything here at all: organisations, their people, and keys. One operator proposes, another confirms. */
import type { Actor } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import { actorOf, type Caller, decidingRoles, type KeyLimits, type Role } from '../../domain/key.js';
import { loosened, type NewOrganisation, type Organisation, type OrganisationSettings } from '../../domain/organisation.js';
import { sqlState } from '../../store/database.js';
import type { KeyLine, KeyStore } from '../../store/keys.js';
import type { OrganisationStore } from '../../store/organisations.js';
import { mintKey } from './key-cache.js';

export interface KeyRequest extends Partial<KeyLimits> {
  readonly organisation: string;
  readonly role: Role;
  readonly person?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

/** A key that was just made: `key` is its text, told once. */
export interface MintedKey extends KeyLimits {
  readonly id: string;
  readonly key: string;
  readonly organisation: string;
  readonly role: Role;
  readonly person: string | null;
  readonly expiresAt: string | null;
  /** False: it opens nothing until a second operator confirms it. */
  readonly confirmed: boolean;
}

export class OrganisationsAndKeys {
  constructor(
    private readonly organisations: OrganisationStore,
    private readonly keys: KeyStore,
    /** Makes this node know of what was just written; the others learn of it from the feed. */
    private readonly refresh: () => Promise<void> = async () => {},
  ) {}

  /** It waits for a second operator, unless nobody is there yet to ask. @throws VigieError `conflict` when id or name are taken. */
  async createOrganisation(actor: Actor, given: NewOrganisation): Promise<Organisation> {
    const result = await this.organisations.create(given, actor, actor.via === 'setup');
    if ('taken' in result) {
      const { taken } = result;
      const why = taken === given.id ? 'exists already' : `is "${taken}" by another spelling of its name`;
      throw new VigieError('conflict', `organisation "${given.id}" ${why}`);
    }
    return this.known(result.organisation);
  }

  /** @throws VigieError `not_found`, `own_work`, `conflict` when it is confirmed already. */
  async confirmOrganisation(actor: Actor, id: string): Promise<Organisation> {
    const confirmed = await this.organisations.confirm(id, actor, ({ organisation, createdBy }) => {
      if (organisation.confirmedAt) {
        throw new VigieError('conflict', `organisation "${id}" is confirmed since ${organisation.confirmedAt}`);
      }
      refuseOwnWork(actor, [createdBy], `organisation "${id}"`);
    });
    return this.known(found(`organisation "${id}"`, confirmed));
  }

  /** @throws VigieError `not_found`. */
  async configureOrganisation(actor: Actor, id: string, patch: Partial<OrganisationSettings>): Promise<Organisation> {
    const configured = await this.organisations.configure(id, actor, (settings) => ({ ...settings, ...patch }));
    return this.known(found(`organisation "${id}"`, configured));
  }

  /**
   * An organisation's own settings, by one of its keys. A platform's key is a machine's, copied to many servers: with a stolen one, nobody
   * switches off a legal clock, shortens the log or widens what verdicts tell. That takes a person, an operator.
   *
   * @throws VigieError `not_found`, `forbidden`.
   */
  async configureOwn(caller: Caller, patch: Partial<OrganisationSettings>): Promise<Organisation> {
    const { organisation: id } = caller;
    const configured = await this.organisations.configure(id, actorOf(caller), (settings) => {
      const next = { ...settings, ...patch };
      const loose = caller.role === 'operator' ? [] : loosened(settings, next);
      if (loose.length === 0) return next;
      throw new VigieError(
        'forbidden',
        `${loose.join(', ')}: a key of role ${caller.role} may only tighten that; an operator may loosen it`,
      );
    });
    return this.known(found(`organisation "${id}"`, configured));
  }

  /** @throws VigieError `not_found`. */
  async organisation(id: string): Promise<Organisation> {
    return found(`organisation "${id}"`, await this.organisations.get(id));
  }

  listOrganisations(): Promise<Organisation[]> {
    return this.organisations.all();
  }

  /**
   * Makes a key. One that lets a person decide (analyst, reviewer, operator) waits for a second operator: otherwise one operator could
   * make up the colleagues who approve what he lists.
   *
   * @throws VigieError `not_found` (organisation).
   */
  async createKey(actor: Actor, { organisation, role, person, expiresAt, ...given }: KeyRequest): Promise<MintedKey> {
    const limits: KeyLimits = { trust: 'full', quotaMinute: null, quotaDay: null, ...given };
    const { id, key, secretSha256 } = mintKey();
    const confirmed = actor.via !== 'key' || !decidingRoles.has(role);
    await this.keys
      .create({ id, organisation, role, person, secretSha256, expiresAt, ...limits }, actor, confirmed)
      .catch((error) => {
        throw sqlState(error) === '23503' ? new VigieError('not_found', `there is no organisation "${organisation}"`) : error;
      });
    await this.refresh().catch(() => {});
    return {
      id,
      key,
      organisation,
      role,
      person: person ?? null,
      expiresAt: expiresAt?.toISOString() ?? null,
      confirmed,
      ...limits,
    };
  }

  /** @throws VigieError `not_found`, `own_work` for who made the key and for who would hold it, `conflict` when it is confirmed already. */
  async confirmKey(actor: Actor, id: string): Promise<void> {
    const isThere = await this.keys.confirm(id, actor, ({ confirmed, createdBy, person }) => {
      if (confirmed) throw new VigieError('conflict', `key ${id} is confirmed already`);
      refuseOwnWork(actor, [createdBy, person], `key ${id}`);
    });
    found(`key "${id}"`, isThere || undefined);
    await this.refresh().catch(() => {});
  }

  /** Ends a key, on every node within a second. @throws VigieError `not_found`. */
  async revokeKey(actor: Actor, id: string): Promise<void> {
    found(`key "${id}"`, (await this.keys.revoke(id, actor)) || undefined);
    await this.refresh().catch(() => {});
  }

  listKeys(): Promise<KeyLine[]> {
    return this.keys.lines();
  }

  private async known(organisation: Organisation): Promise<Organisation> {
    await this.refresh().catch(() => {});
    return organisation;
  }
}

/** @throws VigieError `own_work` when `actor` is one of `people`. */
export function refuseOwnWork(actor: Actor, people: readonly (number | null)[], what: string): void {
  if (actor.person === null || !people.includes(actor.person)) return;
  throw new VigieError('own_work', `${what} is your own work: somebody else has to confirm it`);
}

function found<Thing>(what: string, thing: Thing | undefined): Thing {
  if (thing === undefined) throw new VigieError('not_found', `there is no ${what}`);
  return thing;
}
