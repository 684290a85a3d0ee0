import { system } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import { newVictimsList, victimsList } from '../../domain/help-case.js';
import type { ListStore } from '../../store/lists.js';
import type { OrganisationStore } from '../../store/organisations.js';
import type { ListCache } from '../lists/list-cache.js';

export interface VictimsListParts {
  readonly lists: Pick<ListStore, 'create'>;
  readonly organisations: Pick<OrganisationStore, 'all'>;
  readonly listCache: Pick<ListCache, 'get'>;
  readonly follower: { refresh(): Promise<unknown> };
}

/** The list of all cases. The first case makes it, so an installation without cases has none. */
export class VictimsList {
  constructor(private readonly parts: VictimsListParts) {}

  /** @throws VigieError `not_found` if operators have switched it off. */
  assertTakesCases(): void {
    const list = this.parts.listCache.get(victimsList);
    if (list && !list.enabled) throw closed('is disabled');
  }

  /** Its owner is the first organisation of kind operator: its analysts see the drafts at once, and can grant rights to hotlines. */
  async ensure(): Promise<void> {
    const { lists, organisations, listCache, follower } = this.parts;
    if (listCache.get(victimsList)) return;
    const owner = (await organisations.all()).find(({ kind, confirmedAt }) => kind === 'operator' && confirmedAt !== null);
    await lists.create(newVictimsList(owner?.id ?? null), system);
    await follower.refresh();
    if (!listCache.get(victimsList)) throw closed('was deleted');
  }
}

function closed(because: string): VigieError {
  return new VigieError('not_found', `this service takes no cases: its list "${victimsList}" ${because}; ask a helpline`);
}
