import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryIdOf, uuidOfEntryId } from '../../../src/domain/entry.js';
import { EntryPseudonyms } from '../../../src/service/matching/entry-pseudonyms.js';
import { testDataKey } from '../../support/data-key.js';

const pseudonyms = new EntryPseudonyms(testDataKey);
const entry = fc.uuid().map(entryIdOf);
const organisation = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);
const entries = Array.from({ length: 10_000 }, (_, at) => `ent_${at.toString(16).padStart(32, '0')}`);

describe('a pseudonym', () => {
  it('looks like an entry id', () => {
    fc.assert(fc.property(organisation, entry, (by, id) => uuidOfEntryId(pseudonyms.show(by, id)) !== undefined));
  });

  it('leads back to its entry', () => {
    fc.assert(fc.property(organisation, entry, (by, id) => pseudonyms.resolve(by, pseudonyms.show(by, id)) === id));
  });

  it('exists for every id: an invented one resolves to one entry as well', () => {
    fc.assert(fc.property(organisation, entry, (by, id) => pseudonyms.show(by, pseudonyms.resolve(by, id)) === id));
  });

  it('belongs to one entry only', () => {
    expect(new Set(entries.map((id) => pseudonyms.show('platform', id))).size).toBe(entries.length);
  });

  it('is always the same, also after a restart', () => {
    const restarted = new EntryPseudonyms(testDataKey);
    fc.assert(fc.property(organisation, entry, (by, id) => pseudonyms.show(by, id) === restarted.show(by, id)));
  });

  it('differs for every organisation, and cannot be told apart without its key', () => {
    fc.assert(
      fc.property(organisation, organisation, entry, (one, other, id) => {
        fc.pre(one !== other);
        const shown = pseudonyms.show(one, id);
        return shown !== id && shown !== pseudonyms.show(other, id) && pseudonyms.resolve(other, shown) !== id;
      }),
    );
  });

  it('differs under the key of another installation', () => {
    const elsewhere = new EntryPseudonyms({ derive: () => new Uint8Array(32).fill(7) });
    expect(entries.filter((id) => pseudonyms.show('platform', id) === elsewhere.show('platform', id))).toEqual([]);
  });

  it('does not reveal the order of creation', () => {
    const shown = entries.slice(0, 1_000).map((id) => pseudonyms.show('platform', id));
    const rises = shown.filter((id, at) => at > 0 && id > (shown[at - 1] ?? '')).length;
    // By chance half of them rise, with a deviation of the square root of a twelfth.
    expect(Math.abs(rises - 500)).toBeLessThan(6 * Math.sqrt(1_000 / 12));
  });
});
