import { createHash } from 'node:crypto';
import { VigieError } from '../../domain/errors.js';
import { commandLine } from '../../domain/key.js';
import { type List, type ListRight, type Radii, rightsOf } from '../../domain/list.js';

interface MatchableLists {
  readonly lists: ReadonlyMap<string, List>;
  readonly radii: Radii;
  /** Changes whenever one of the lists changes. */
  readonly version: string;
  /** The index holds lists that the organisation may not match. */
  readonly hidesOthers: boolean;
}

/** The change feed keeps the lists current. */
export class ListCache {
  private lists: ReadonlyMap<string, List> = new Map();
  private matchableByOrganisation = new Map<string, MatchableLists>();
  /** Ms of the last change of a list or its entries. */
  private readonly changedAt = new Map<string, number>();
  private versions = new Map<string, string>();

  replaceAll(lists: readonly List[], changedAt: ReadonlyMap<string, Date>): void {
    this.lists = new Map(lists.map((list) => [list.id, list]));
    this.matchableByOrganisation = new Map();
    this.versions = new Map();
    for (const [id, at] of changedAt) this.touch(id, at);
  }

  /** The time of a change never goes back, even if the clock does. */
  touch(id: string, at: Date): void {
    this.changedAt.set(id, Math.max(this.changedAt.get(id) ?? 0, at.getTime()));
    this.versions = new Map();
  }

  all(): readonly List[] {
    return [...this.lists.values()];
  }

  get(id: string): List | undefined {
    return this.lists.get(id);
  }

  rights(id: string, organisation: string): ReadonlySet<ListRight> {
    const list = this.lists.get(id);
    return list ? rightsOf(list, organisation) : new Set();
  }

  /** A list is invisible to organisations that have no right on it. */
  visibleTo(organisation: string): List[] {
    return this.all().filter((list) => rightsOf(list, organisation).size > 0);
  }

  /** @throws VigieError `no_lists`, so that "nothing to compare with" is never mistaken for "nothing found". */
  matchable(organisation: string): MatchableLists {
    const matchable = this.matchableByOrganisation.get(organisation) ?? this.findMatchable(organisation);
    if (matchable.lists.size > 0) return matchable;
    throw new VigieError('no_lists', 'your organisation may match against no enabled list; ask an operator for access');
  }

  /** Ms of the last change. Changes of lists that the organisation may not match stay secret. */
  versionFor(organisation: string): string {
    const known = this.versions.get(organisation);
    if (known !== undefined) return known;
    let newest = 0;
    const { lists } = this.matchableByOrganisation.get(organisation) ?? this.findMatchable(organisation);
    for (const id of lists.keys()) newest = Math.max(newest, this.changedAt.get(id) ?? 0);
    this.versions.set(organisation, String(newest));
    return String(newest);
  }

  private findMatchable(organisation: string): MatchableLists {
    const mayMatch = (list: List) => organisation === commandLine.organisation || rightsOf(list, organisation).has('match');
    const enabled = this.all().filter((list) => list.enabled && mayMatch(list));
    const lists = new Map(enabled.map((list) => [list.id, list]));
    const matchable = {
      lists,
      radii: searchRadii(lists),
      version: versionOf(enabled),
      hidesOthers: lists.size < this.lists.size,
    };
    this.matchableByOrganisation.set(organisation, matchable);
    return matchable;
  }
}

function versionOf(lists: readonly List[]): string {
  const names = lists.map(({ id, version }) => `${id} ${version}`).sort();
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 12);
}

export function searchRadii(lists: ReadonlyMap<string, List>): Radii {
  let pdq = 0;
  let blockhash = 0;
  for (const { thresholds } of lists.values()) {
    pdq = Math.max(pdq, thresholds.pdq.wide);
    blockhash = Math.max(blockhash, thresholds.blockhash);
  }
  return { pdq, blockhash };
}

export function noSuchList(id: string): VigieError {
  return new VigieError('not_found', `there is no list "${id}"; GET /v1/lists shows your lists`);
}
