/** The list of the benchmark. */
import { defaultThresholds, newList } from '../../src/domain/list.js';
import { holdRadiiOf } from '../../src/service/matching/hold-radii.js';

export const list = newList({
  id: 'known',
  title: 'Known pictures',
  class: 'test',
  action: 'remove',
  verification: { people: 0, organisations: 0 },
});
export const lists = new Map([[list.id, list]]);
export const radii = { pdq: defaultThresholds.pdq.wide, blockhash: defaultThresholds.blockhash };

/** How far a match of this list may hold if it has this many entries. */
export const holdRadiiWith = (entries: number) => holdRadiiOf(lists, { entriesOf: () => entries });
