import { VigieError } from '../../domain/errors.js';
import type { ChangeFeedFollower } from './change-feed-follower.js';

export type IndexState = Pick<ChangeFeedFollower, 'assertUsable' | 'loads'>;

/**
 * Searches an index that is whole from the beginning of the search to its end.
 *
 * @throws VigieError `index_unavailable` while the index is loading or old, or if it was reloaded meanwhile.
 */
export async function searchWhole<Found>(state: IndexState, search: () => Promise<Found>): Promise<Found> {
  state.assertUsable();
  const { loads } = state;
  const found = await search();
  if (state.loads !== loads) throw new VigieError('index_unavailable', 'the index was reloaded during the search; retry', 1);
  return found;
}
