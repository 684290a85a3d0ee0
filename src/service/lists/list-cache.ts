import { createHash } from 'node:crypto';
import { VigieError } from '../../domain/errors.js';
import { commandLine } from '../../domain/key.js';
import { type List, type ListRight, type Radii, rightsOf } from '../../domain/list.js';

/** What one organisation may match against. */
interface View {
  readonly lists: ReadonlyMap<string, List>;
  readonly radii: Radii;
  /** Names the lists in their versions: another one whenever any of them changes. */
  readonly version: string;
}

/** All hash lists, in memory; kept current by the change feed. */
export class ListCache {
  private lists: ReadonlyMap<string, List> = new Map();
  private views = new Map<string, View>();
  private readonly stamps = new Map<string, number>();
  private versions = new Map<string, string>();

  /** `stamps`: when each list, or an entry of it, last changed. */
  replaceAll(lists: readonly List[], stamps: ReadonlyMap<string, Date>): void {
    this.lists = new Map(lists.map((list) => [list.id, list]));
    this.views = new Map();
    this.versions = new Map();
    for (const [id, at] of stamps) this.touch(id, at);
  }

  /** Notes that an entry of a list changed. Never back: a clock that is set back makes no version come again. */
  touch(id: string, at: Date): void {
    this.stamps.set(id, Math.max(this.stamps.get(id) ?? 0, at.getTime()));
    this.versions = new Map();
  }

  all(): readonly List[] {
    return [...this.lists.values()];
  }

  /** Undefined: there is none, or it is deleted. */
  get(id: string): List | undefined {
    return this.lists.get(id);
  }

  /** What an organisation may do with a list; nothing where there is no such list. */
  rights(id: string, organisation: string): ReadonlySet<ListRight> {
    const list = this.lists.get(id);
    return list ? rightsOf(list, organisation) : new Set();
  }

  /** The lists that an organisation may do anything with: to it there are no others. */
  visibleTo(organisation: string): List[] {
    return this.all().filter((list) => rightsOf(list, organisation).size > 0);
  }

  /**
   * The enabled lists that an organisation is subscribed to, and the distances they ask for.
   *
   * @throws VigieError `no_lists`, so that "nothing to compare with" is never mistaken for "nothing found".
   */
  matchable(organisation: string): View {
    const view = this.views.get(organisation) ?? this.makeView(organisation);
    if (view.lists.size === 0) throw new VigieError('no_lists', 'no list is enabled for this caller; an operator enables lists');
    return view;
  }

  /** When anything that an organisation may match against last changed, in ms: says nothing of what others match against. */
  versionFor(organisation: string): string {
    const known = this.versions.get(organisation);
    if (known !== undefined) return known;
    let newest = 0;
    const { lists } = this.views.get(organisation) ?? this.makeView(organisation);
    for (const id of lists.keys()) newest = Math.max(newest, this.stamps.get(id) ?? 0);
    this.versions.set(organisation, String(newest));
    return String(newest);
  }

  private makeView(organisation: string): View {
    const mayMatch = (list: List) => organisation === commandLine.organisation || rightsOf(list, organisation).has('match');
    const enabled = this.all().filter((list) => list.enabled && mayMatch(list));
    const lists = new Map(enabled.map((list) => [list.id, list]));
    const view = { lists, radii: searchRadii(lists), version: versionOf(enabled) };
    this.views.set(organisation, view);
    return view;
  }
}

function versionOf(lists: readonly List[]): string {
  const names = lists.map(({ id, version }) => `${id} ${version}`).sort();
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 12);
}

/** The widest distances any of the lists asks for: what an index must search. */
export function searchRadii(lists: ReadonlyMap<string, List>): Radii {
  let pdq = 0;
  let blockhash = 0;
  for (const { thresholds } of lists.values()) {
    pdq = Math.max(pdq, thresholds.pdq.wide);
    blockhash = Math.max(blockhash, thresholds.blockhash);
  }
  return { pdq, blockhash };
}
