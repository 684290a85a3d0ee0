import { expect, it } from 'vitest';
import { matchesOfEntries } from '../../src/domain/entry-matches.js';
import { candidate, decide, everyList } from './candidates.js';

const entry = (id: string) => ({ id });
const distances = (...candidates: Parameters<typeof decide>[0]) =>
  matchesOfEntries(decide(candidates, everyList, null).standing)
    .map((match) => [match.entry, match.distance])
    .sort();

it('an entry that matches in several ways is named once, with its least distance', () => {
  const near = candidate({ list: 'remove', distance: 20, ...entry('one') });
  const nearer = candidate({ list: 'remove', distance: 5, variant: 'crop_90', ...entry('one') });
  expect(distances(near, nearer)).toEqual([['one', 5]]);
});

it('all entries of a list are named, not only the strongest', () => {
  const all = ['one', 'two', 'three'].map((id, at) => candidate({ list: 'remove', distance: at, ...entry(id) }));
  expect(distances(...all)).toEqual([
    ['one', 0],
    ['three', 2],
    ['two', 1],
  ]);
});
