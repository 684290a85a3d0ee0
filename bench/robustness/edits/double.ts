import sharp from 'sharp';
import { load } from '../picture.js';
import type { Edit } from './edit.js';

function both(first: Edit, second: Edit): Edit {
  return {
    kind: 'two edits',
    name: `${first.name} + ${second.name}`,
    async apply(picture, random) {
      const once = await first.apply(picture, random);
      return second.apply(await load(picture.name, sharp(once), 2_048), random);
    },
  };
}

const pairs: readonly (readonly [string, string])[] = [
  ['crop 5 %', 'JPEG 30'],
  ['mirrored', 'JPEG 30'],
  ['border 5 %', 'resize 40 %'],
  ['grey', 'crop 10 % of one side'],
  ['negative', 'mirrored'],
  ['logo, 10 %', 'WebP 40'],
  ['phone, light', 'JPEG 50'],
  ['band below, 12 %', 'brightness +30 %'],
];

export function doubleEdits(single: readonly Edit[]): Edit[] {
  const named = (name: string) => {
    const edit = single.find((one) => one.name === name);
    if (!edit) throw new Error(`there is no edit "${name}"`);
    return edit;
  };
  return pairs.map(([first, second]) => both(named(first), named(second)));
}
