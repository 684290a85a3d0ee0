import { VigieError } from '../../domain/errors.js';
import type { List } from '../../domain/list.js';
import type { Change } from '../../store/changes.js';
import type { HmaBankRow, HmaBankStore } from '../../store/hma-banks.js';
import type { ListCache } from '../lists/list-cache.js';

/** A list under the name that an organisation knows it by. */
export interface Bank extends HmaBankRow {
  /** False: a list that the organisation may match, and that it did not make as a bank. */
  readonly isMade: boolean;
}

/** The banks of one organisation. */
export interface Banks {
  /** Those it made in the order of their creation, then the others. */
  readonly all: readonly Bank[];
  readonly byName: ReadonlyMap<string, Bank>;
  readonly byList: ReadonlyMap<string, Bank>;
}

/** The change feed keeps it current. */
export class BankCache {
  private rows: readonly HmaBankRow[] | undefined;
  private isStale = true;
  private changes = 0;
  private loading: Promise<void> | undefined;
  private byOrganisation = new Map<string, Banks>();

  constructor(
    private readonly store: Pick<HmaBankStore, 'all'>,
    private readonly listCache: Pick<ListCache, 'get' | 'visibleTo' | 'rights'>,
  ) {}

  /** @param changes undefined: all may have changed */
  heard(changes: readonly Pick<Change, 'kind'>[] | undefined): void {
    if (changes?.every(({ kind }) => kind === 'entry')) return;
    this.changes++;
    this.isStale = true;
  }

  /** While the database is away: as they were. @throws VigieError `database_unavailable` before the first load. */
  async of(organisation: string): Promise<Banks> {
    // A load that others began may have read before the last change.
    for (let loads = 0; this.isStale && loads < 2; loads++) await this.load();
    const known = this.byOrganisation.get(organisation);
    if (known) return known;
    const banks = this.find(organisation);
    this.byOrganisation.set(organisation, banks);
    return banks;
  }

  private load(): Promise<void> {
    this.loading ??= this.read().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async read(): Promise<void> {
    const { changes } = this;
    try {
      this.rows = await this.store.all();
      this.byOrganisation = new Map();
      this.isStale = changes !== this.changes;
    } catch (error) {
      if (!this.rows || !(error instanceof VigieError)) throw error;
    }
  }

  private find(organisation: string): Banks {
    const made = (this.rows ?? [])
      .filter((row) => row.organisation === organisation && this.listCache.get(row.list))
      .map((row) => ({ ...row, isMade: true }));
    const byName = new Map(made.map((bank) => [bank.name, bank]));
    const byList = new Map(made.map((bank) => [bank.list, bank]));
    for (const list of this.listCache.visibleTo(organisation)) {
      if (byList.has(list.id) || !this.isBank(list, organisation)) continue;
      const bank = { organisation, name: freeName(list.id, byName), list: list.id, ratio: 1, isMade: false };
      byName.set(bank.name, bank);
      byList.set(list.id, bank);
    }
    return { all: [...byName.values()], byName, byList };
  }

  /** A client would act on every bank, so a list of harmless content or of tests is none. */
  private isBank({ id, action }: List, organisation: string): boolean {
    return action !== 'suppress' && action !== 'test_match' && this.listCache.rights(id, organisation).has('match');
  }
}

/** `NCII_FR` for the list `ncii-fr`. */
export function bankNameOf(list: string): string {
  const name = list.toUpperCase().replaceAll('-', '_');
  return /^\d/.test(name) ? `_${name}` : name;
}

/** A bank that has the name keeps it. */
function freeName(list: string, taken: ReadonlyMap<string, unknown>): string {
  const name = bankNameOf(list);
  if (!taken.has(name)) return name;
  for (let at = 2; ; at++) if (!taken.has(`${name}_${at}`)) return `${name}_${at}`;
}
