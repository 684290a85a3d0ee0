import { VigieError } from '../domain/errors.js';
import type { List } from '../domain/list.js';

/** All hash lists, in memory; kept current by the change feed. */
export class ListBook {
  private lists: readonly List[] = [];
  private enabled: ReadonlyMap<string, List> = new Map();

  replaceAll(lists: readonly List[]): void {
    this.lists = lists;
    this.enabled = new Map(lists.filter((list) => list.enabled).map((list) => [list.id, list]));
  }

  all(): readonly List[] {
    return this.lists;
  }

  /**
   * The lists a platform may match against: today every enabled one.
   *
   * @throws VigieError `no_lists`, so that "nothing to compare with" is never mistaken for "nothing found".
   */
  matchable(): ReadonlyMap<string, List> {
    if (this.enabled.size === 0)
      throw new VigieError('no_lists', 'no list is enabled for this caller; an operator enables lists');
    return this.enabled;
  }
}

/** The widest distances any of the lists asks for: what an index must search. */
export function searchRadii(lists: ReadonlyMap<string, List>): { pdq: number; blockhash: number } {
  let pdq = 0;
  let blockhash = 0;
  for (const { thresholds } of lists.values()) {
    pdq = Math.max(pdq, thresholds.pdq.wide);
    blockhash = Math.max(blockhash, thresholds.blockhash);
  }
  return { pdq, blockhash };
}
