import type { Actor } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import { actorOf, type Caller, decidingRoles, type KeyLimits, type Role } from '../../domain/key.js';
import { loosened, type NewOrganisation, type Organisation, type OrganisationSettings } from '../../domain/organisation.js';
import { settingChangesOf } from '../../domain/weakening.js';
import { sqlState } from '../../store/database.js';
import type { KeyStore } from '../../store/keys.js';
import type { OrganisationStore } from '../../store/organisations.js';
import { mintKey } from './key-cache.js';
import { type KeyView, viewOf } from './key-view.js';
import { refuseOther, refuseStale, type WaitingChange } from './proposals.js';

export interface KeyRequest extends Partial<KeyLimits> {
  readonly organisation: string;
  readonly role: Role;
  readonly person?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

export interface MintedKey extends KeyLimits {
  readonly id: string;
  readonly key: string;
  readonly organisation: string;
  readonly role: Role;
  readonly person: string | null;
  readonly expiresAt: string | null;
  /** False while it waits for a second operator. */
  readonly confirmed: boolean;
}

export class OrganisationsAndKeys {
  constructor(
    private readonly organisations: OrganisationStore,
    private readonly keys: KeyStore,
    /** Other nodes learn of a write from the change feed. */
    private readonly refresh: () => Promise<void> = async () => {},
  ) {}

  /** @throws VigieError `conflict` if the id or the name is taken. */
  async createOrganisation(actor: Actor, given: NewOrganisation): Promise<Organisation> {
    const result = await this.organisations.create(given, actor, actor.via === 'setup');
    if ('taken' in result) {
      const { taken } = result;
      const why = taken === given.id ? 'already exists' : `has another spelling of the name of organisation "${taken}"`;
      throw new VigieError('conflict', `organisation "${given.id}" ${why}`);
    }
    return this.known(result.organisation);
  }

  /** @throws VigieError `not_found`, `own_work`, `conflict` if it is already confirmed. */
  async confirmOrganisation(actor: Actor, id: string): Promise<Organisation> {
    const confirmed = await this.organisations.confirm(id, actor, ({ organisation, createdBy }) => {
      if (organisation.confirmedAt) {
        throw new VigieError('conflict', `organisation "${id}" has been confirmed since ${organisation.confirmedAt}`);
      }
      refuseOwnWork(actor, [createdBy], `organisation "${id}"`);
    });
    return this.known(found(`organisation "${id}"`, confirmed));
  }

  /**
   * What weakens waits for a second operator, once the set-up has ended.
   *
   * @param expected the version that the change was made for
   * @throws VigieError `not_found`, `conflict` for another version.
   */
  async configureOrganisation(
    actor: Actor,
    id: string,
    patch: Partial<OrganisationSettings>,
    expected?: number,
  ): Promise<{ organisation: Organisation; waiting: boolean }> {
    const isSetUp = await this.keys.isSetUp();
    let waiting = false;
    const change = (settings: OrganisationSettings, version: number) => {
      refuseStale(`organisation "${id}"`, version, expected);
      return { ...settings, ...patch };
    };
    const waits = (from: OrganisationSettings, to: OrganisationSettings) => {
      waiting = actor.via === 'key' && isSetUp && settingChangesOf(from, to).some(({ weakens }) => weakens);
      return waiting;
    };
    const configured = await this.organisations.configure(id, actor, change, waits);
    return { organisation: await this.known(found(`organisation "${id}"`, configured)), waiting };
  }

  /** Oldest first. */
  async proposals(): Promise<WaitingChange[]> {
    const [proposals, all] = [await this.organisations.proposals(), await this.organisations.all()];
    const known = new Map(all.map((organisation) => [organisation.id, organisation]));
    return proposals.flatMap(({ of, proposed, ...proposal }) => {
      const current = known.get(of);
      if (!current) return [];
      const { version } = current;
      return [
        {
          ...proposal,
          subject: 'organisation' as const,
          of,
          version,
          changes: settingChangesOf(current, { ...current, ...proposed }),
        },
      ];
    });
  }

  /**
   * @param read the id of the proposal that the operator has read
   * @throws VigieError `not_found`, `own_work`, `conflict` if no change waits, or another one.
   */
  async confirmSettings(actor: Actor, id: string, read?: string): Promise<Organisation> {
    const confirmed = await this.organisations.confirmSettings(id, actor, (proposal) => {
      if (!proposal) throw new VigieError('conflict', `organisation "${id}" has no change that waits for confirmation`);
      refuseOther(proposal.id, read);
      refuseOwnWork(actor, [proposal.by], `the change of organisation "${id}"`);
      return proposal.proposed;
    });
    return this.known(found(`organisation "${id}"`, confirmed));
  }

  /** False when no such proposal waits. */
  async decline(actor: Actor, proposal: string): Promise<boolean> {
    return (await this.organisations.decline(proposal, actor)) !== undefined;
  }

  /**
   * Only operators may loosen settings: a stolen platform key must not switch off legal deadlines, shorten the log or make verdicts
   * reveal more.
   *
   * @throws VigieError `not_found`, `forbidden`, `conflict` for another version.
   */
  async configureOwn(
    caller: Caller,
    patch: Partial<OrganisationSettings>,
    expected?: number,
  ): Promise<{ organisation: Organisation; waiting: boolean }> {
    const { organisation: id } = caller;
    if (caller.role === 'operator') return this.configureOrganisation(actorOf(caller), id, patch, expected);
    const configured = await this.organisations.configure(id, actorOf(caller), (settings, version) => {
      refuseStale(`organisation "${id}"`, version, expected);
      const next = { ...settings, ...patch };
      const loose = loosened(settings, next);
      if (loose.length === 0) return next;
      throw new VigieError(
        'forbidden',
        `${loose.join(', ')}: a key with role ${caller.role} may only tighten these settings; ask an operator to loosen them`,
      );
    });
    return { organisation: await this.known(found(`organisation "${id}"`, configured)), waiting: false };
  }

  /** @throws VigieError `not_found`. */
  async organisation(id: string): Promise<Organisation> {
    return found(`organisation "${id}"`, await this.organisations.get(id));
  }

  listOrganisations(): Promise<Organisation[]> {
    return this.organisations.all();
  }

  /**
   * A key with a deciding role waits for a second operator. Otherwise one operator could invent colleagues who approve entries.
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

  /** @throws VigieError `not_found`, `own_work`, `conflict` if it is already confirmed. */
  async confirmKey(actor: Actor, id: string): Promise<KeyView> {
    const exists = await this.keys.confirm(id, actor, ({ confirmed, createdBy, person }) => {
      if (confirmed) throw new VigieError('conflict', `key ${id} is already confirmed`);
      refuseOwnWork(actor, [createdBy, person], `key ${id}`);
    });
    found(`key "${id}"`, exists || undefined);
    return this.seenAfterChange(actor, id);
  }

  /** Takes effect on every node within a second. @throws VigieError `not_found`. */
  async revokeKey(actor: Actor, id: string): Promise<KeyView> {
    found(`key "${id}"`, (await this.keys.revoke(id, actor)) || undefined);
    return this.seenAfterChange(actor, id);
  }

  /** Every key, oldest first. */
  async keysSeenBy(actor: Actor): Promise<KeyView[]> {
    return (await this.keys.lines()).map((line) => viewOf(line, actor));
  }

  private async seenAfterChange(actor: Actor, id: string): Promise<KeyView> {
    await this.refresh().catch(() => {});
    const [line] = await this.keys.lines(id);
    return viewOf(found(`key "${id}"`, line), actor);
  }

  private async known(organisation: Organisation): Promise<Organisation> {
    await this.refresh().catch(() => {});
    return organisation;
  }
}

export function refuseOwnWork(actor: Actor, people: readonly (number | null)[], what: string): void {
  if (actor.person === null || !people.includes(actor.person)) return;
  throw new VigieError('own_work', `${what} is your own work: another person must confirm it`);
}

function found<Thing>(what: string, thing: Thing | undefined): Thing {
  if (thing === undefined) throw new VigieError('not_found', `there is no ${what}`);
  return thing;
}
