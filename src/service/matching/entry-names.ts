import { commandLine } from '../../domain/key.js';
import type { Match } from '../../domain/verdict.js';
import type { ListCache } from '../lists/list-cache.js';
import type { EntryPseudonyms } from './entry-pseudonyms.js';

/** An organisation sees the ids of entries it may read, and pseudonyms of others. */
export class EntryNames {
  constructor(
    private readonly listCache: ListCache,
    private readonly pseudonyms: EntryPseudonyms,
  ) {}

  show(organisation: string, { entry, list }: Pick<Match, 'entry' | 'list'>): string {
    const mayRead = organisation === commandLine.organisation || this.listCache.rights(list, organisation).has('read');
    return mayRead ? entry : this.pseudonyms.show(organisation, entry);
  }
}
