import { figure, markdownTable } from '../../markdown.js';
import type { Tempted } from '../results.js';

/** Of each kind of pair, what its two pictures share. */
const shared = {
  template: 'a magazine page, a card or a news page with other pictures or texts',
  collage: 'one to three of two or four photographs',
  'before and after': 'the first photograph, and 60 % of the second',
  'collage, one panel asked': 'one photograph, which is half of the entry',
  'shared side, hard seam': '50 to 70 % of the area at one side',
  'shared side, soft seam': '50 to 70 % of the area at one side, blended into the rest',
  'shared background': 'all but a subject of 15 to 40 % of the area',
  'meme, other caption': 'the photograph of a meme',
  'meme, plain photograph asked': 'the photograph; the entry is a meme of it',
  series: 'the next frame of a film, or a scene of which 30 % changed',
  'screenshot, other picture': 'the screen of an app with another picture',
  'screenshot, text only': 'a chat or a letter of which half differs',
  'same sticker': 'a large emoji, logo or banner over other photographs',
  'same frame': 'a wide frame around other photographs',
} as const satisfies Record<string, string>;

/** @throws Error if a kind has no line that says what its pairs share. */
export function temptingSection(tempted: readonly Tempted[]): string {
  const count = (of: 'pairs' | 'removed' | 'held', all = tempted) => all.reduce((sum, one) => sum + one[of], 0);
  const kinds = [...new Set(tempted.map(({ kind }) => kind))];
  const rows = kinds.map((kind) => {
    const ofKind = tempted.filter((one) => one.kind === kind);
    return [kind, ...(['pairs', 'removed', 'held'] as const).map((of) => whole(count(of, ofKind))), sharedIn(kind)];
  });
  return `### Pairs that tempt

Each pair shows two different pictures that share much. One is enrolled and the other is searched for, and then the other way round. With
default settings Vigie removed **${whole(count('removed'))} of ${whole(count('pairs'))}** and held ${whole(count('held'))} for review. The pairs come in ${tempted.length} designs, each with other photographs.

${markdownTable(['kind', 'pairs', 'removed', 'held', 'the pictures share'], rows)}

- In a kind with "asked", the reverse is a copy, so only one direction counts.
- Unrelated pictures share nothing. \`npm run bench:tail\` compares the hashes of more than 100 million such pairs.
`;
}

function sharedIn(kind: string): string {
  const line = new Map<string, string>(Object.entries(shared)).get(kind);
  if (line === undefined) throw new Error(`nothing says what the pairs of "${kind}" share; add it in ${import.meta.url}`);
  return line;
}

const whole = (count: number) => (count < 100 ? `${count}` : figure(count));
