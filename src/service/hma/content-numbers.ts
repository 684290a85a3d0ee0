import { uuidOfEntryId } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { Match } from '../../domain/verdict.js';
import type { Change } from '../../store/changes.js';
import type { ContentNumber, HmaContentStore } from '../../store/hma-contents.js';

/** About 20 MB. */
const maxKept = 100_000;

interface Gathering {
  /** Lists of entries by their UUIDs. */
  readonly entries: Map<string, string>;
  readonly done: Promise<ReadonlyMap<string, ContentNumber>>;
}

/** An organisation's numbers of entries. An entry gets one when it first matches; the change feed says when it changes. */
export class ContentNumbers {
  /** By the UUID of the entry and the organisation, oldest first. */
  private readonly kept = new Map<string, Map<string, ContentNumber>>();
  /** Lookups that come while the database is busy share the next question. */
  private readonly gatherings = new Map<string, Gathering>();
  private turn: Promise<unknown> = Promise.resolve();
  private changes = 0;

  constructor(private readonly store: Pick<HmaContentStore, 'numbers' | 'number'>) {}

  /** @param changes undefined: all may have changed */
  heard(changes: readonly Pick<Change, 'kind' | 'subject'>[] | undefined): void {
    this.changes++;
    if (!changes) this.kept.clear();
    for (const { kind, subject } of changes ?? []) if (kind === 'entry') this.kept.delete(subject);
  }

  /** By the ids of entries. One that has no number yet, while the database is away, is missing. */
  async of(organisation: string, matches: readonly Pick<Match, 'entry' | 'list'>[]): Promise<ReadonlyMap<string, ContentNumber>> {
    const numbers = new Map<string, ContentNumber>();
    const unknown: (readonly [entry: string, uuid: string, list: string])[] = [];
    for (const { entry, list } of matches) {
      const uuid = uuidOfEntryId(entry);
      const known = uuid && this.kept.get(uuid)?.get(organisation);
      if (known) numbers.set(entry, known);
      else if (uuid) unknown.push([entry, uuid, list]);
    }
    if (unknown.length === 0) return numbers;
    const learnt = await this.gather(
      organisation,
      unknown.map(([, uuid, list]) => [uuid, list]),
    );
    for (const [entry, uuid] of unknown) {
      const number = learnt.get(uuid);
      if (number) numbers.set(entry, number);
    }
    return numbers;
  }

  private gather(organisation: string, entries: readonly (readonly [string, string])[]): Gathering['done'] {
    const gathering = this.gatherings.get(organisation) ?? this.begin(organisation);
    for (const [uuid, list] of entries) gathering.entries.set(uuid, list);
    return gathering.done;
  }

  private begin(organisation: string): Gathering {
    const entries = new Map<string, string>();
    const done = this.turn.then(() => {
      this.gatherings.delete(organisation);
      return this.learn(organisation, entries);
    });
    this.turn = done.catch(() => {});
    const gathering = { entries, done };
    this.gatherings.set(organisation, gathering);
    return gathering;
  }

  private async learn(organisation: string, entries: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, ContentNumber>> {
    const { changes } = this;
    try {
      const known = await this.store.numbers(organisation, [...entries.keys()]);
      const numbers = new Map(known.map((number) => [number.entry, number]));
      const missing = [...entries].filter(([uuid]) => !numbers.has(uuid)).map(([entry, list]) => ({ entry, list }));
      if (missing.length > 0) {
        for (const number of await this.store.number(organisation, missing)) numbers.set(number.entry, number);
      }
      // What changed meanwhile may have been read before.
      if (changes === this.changes) this.keep(organisation, numbers);
      return numbers;
    } catch (error) {
      if (error instanceof VigieError && error.status === 503) return new Map();
      throw error;
    }
  }

  private keep(organisation: string, numbers: ReadonlyMap<string, ContentNumber>): void {
    for (const [uuid, number] of numbers) {
      const ofEntry = this.kept.get(uuid) ?? new Map<string, ContentNumber>();
      this.kept.set(uuid, ofEntry.set(organisation, number));
    }
    for (const uuid of this.kept.keys()) {
      if (this.kept.size <= maxKept) break;
      this.kept.delete(uuid);
    }
  }
}
