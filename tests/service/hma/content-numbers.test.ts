import { describe, expect, it } from 'vitest';
import { VigieError } from '../../../src/domain/errors.js';
import { ContentNumbers } from '../../../src/service/hma/content-numbers.js';
import type { ContentNumber } from '../../../src/store/hma-contents.js';

const uuid = (digit: string) => `${digit.repeat(8)}-0000-7000-8000-000000000000`;
const match = (digit: string) => ({ entry: `ent_${uuid(digit).replaceAll('-', '')}`, list: 'one' });

/** Numbers entries in the order in which it is asked. */
function numbering(fail = false) {
  const given = new Map<string, ContentNumber>();
  const asked: number[] = [];
  const store = {
    async numbers(_organisation: string, entries: readonly string[]) {
      asked.push(entries.length);
      if (fail) throw new VigieError('database_unavailable', 'away');
      return entries.flatMap((entry) => given.get(entry) ?? []);
    },
    async number(_organisation: string, entries: readonly { entry: string }[]) {
      for (const { entry } of entries) given.set(entry, { entry, id: given.size + 1, disabledUntil: 1 });
      return entries.flatMap(({ entry }) => given.get(entry) ?? []);
    },
  };
  return { store, asked, given };
}

describe('the numbers of content', () => {
  it('are asked once, and again after the entry has changed', async () => {
    const { store, asked, given } = numbering();
    const numbers = new ContentNumbers(store);
    const idOf = async (digit: string) => (await numbers.of('coop', [match(digit)])).get(match(digit).entry);
    expect(await idOf('a')).toMatchObject({ id: 1, disabledUntil: 1 });
    await idOf('a');
    expect(asked).toEqual([1]);
    given.set(uuid('a'), { entry: uuid('a'), id: 1, disabledUntil: 0 });
    numbers.heard([{ kind: 'entry', subject: uuid('a') }]);
    expect(await idOf('a')).toMatchObject({ disabledUntil: 0 });
  });

  it('are asked together by lookups of one turn', async () => {
    const { store, asked } = numbering();
    const numbers = new ContentNumbers(store);
    await Promise.all(['a', 'b', 'c'].map((digit) => numbers.of('coop', [match(digit)])));
    expect(asked).toEqual([3]);
  });

  it('are missing while the database is away, so that a match is told all the same', async () => {
    expect(await new ContentNumbers(numbering(true).store).of('coop', [match('a')])).toEqual(new Map());
  });
});
