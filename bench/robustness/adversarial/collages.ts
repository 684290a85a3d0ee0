/** Several photographs side by side, some of them in both collages. */
import { open, type Picture, saved } from '../picture.js';
import type { Album } from './album.js';
import { ellipse, flattened, type Layer, mixed, page } from './canvas.js';
import type { Temptation } from './pair.js';

const half = { width: 240, height: 360 };
const flat = { width: 480, height: 180 };
const quarter = { width: 240, height: 180 };

interface Grid {
  readonly panel: { readonly width: number; readonly height: number };
  readonly columns: number;
  /** px of white between the panels. */
  readonly gap: number;
}

const beside: Grid = { panel: half, columns: 2, gap: 0 };
const stacked: Grid = { panel: flat, columns: 1, gap: 0 };
const four: Grid = { panel: quarter, columns: 2, gap: 0 };
const spaced = (grid: Grid): Grid => ({ ...grid, gap: 9 });

function collage({ panel, columns, gap }: Grid, pictures: readonly Picture[]): Promise<Buffer> {
  const rows = Math.ceil(pictures.length / columns);
  const layers: Layer[] = pictures.map((picture, at) => ({
    picture,
    left: gap + (at % columns) * (panel.width + gap),
    top: gap + Math.floor(at / columns) * (panel.height + gap),
  }));
  const size = { width: columns * (panel.width + gap) + gap, height: rows * (panel.height + gap) + gap };
  return saved(page(size, '#ffffff', layers));
}

/** The digits are places in the album, panel by panel. */
function panels(album: Album, name: string, grid: Grid, [first, second]: readonly [string, string]): Temptation {
  const pictures = (seed: number, all: string) =>
    Promise.all([...all].map((place) => album(seed, Number.parseInt(place, 10), grid.panel)));
  return {
    kind: 'collage',
    name,
    sharedShare: [...first].filter((place, at) => second[at] === place).length / first.length,
    build: async (seed) => ({
      enrolled: await collage(grid, await pictures(seed, first)),
      asked: await collage(grid, await pictures(seed, second)),
    }),
  };
}

/** A picture and an edited copy of it, which differs between the pairs. */
function beforeAndAfter(album: Album, name: string, grid: Grid, area: number): Temptation {
  return {
    kind: 'before and after',
    name,
    sharedShare: 1 - area / 2,
    async build(seed) {
      const before = await album(seed, 0, grid.panel);
      const brighter = await flattened(before.name, open(before).modulate({ brightness: 1.2, saturation: 1.3 }));
      const after = async (place: number) =>
        collage(grid, [before, mixed(brighter, await album(seed, place, grid.panel), ellipse(area, 0.5, 0.5))]);
      return { enrolled: await after(1), asked: await after(2) };
    },
  };
}

function onePanel(album: Album, name: string, grid: Grid): Temptation {
  return {
    kind: 'collage, one panel asked',
    name,
    oneWay: true,
    async build(seed) {
      const [first, second] = [await album(seed, 0, grid.panel), await album(seed, 1, grid.panel)];
      return { enrolled: await collage(grid, [first, second]), asked: await saved(open(first)) };
    },
  };
}

export function collages(album: Album): Temptation[] {
  return [
    panels(album, 'two beside each other, one shared', beside, ['01', '02']),
    panels(album, 'two beside each other, one shared in the other place', beside, ['01', '20']),
    panels(album, 'two stacked, one shared', stacked, ['01', '02']),
    panels(album, 'two stacked, spaced, one shared', spaced(stacked), ['01', '02']),
    panels(album, 'four, one shared', four, ['0123', '0450']),
    panels(album, 'four, two shared in a row', four, ['0123', '0145']),
    panels(album, 'four, two shared in a diagonal', four, ['0123', '0453']),
    panels(album, 'four, three shared', four, ['0123', '0124']),
    panels(album, 'four, spaced, three shared', spaced(four), ['0123', '0124']),
    panels(album, 'four, in another order', four, ['0123', '3201']),
    beforeAndAfter(album, 'before and after, 40 % of the second differ', beside, 0.4),
    beforeAndAfter(album, 'before above after, 40 % of the second differ', stacked, 0.4),
    onePanel(album, 'two beside each other, the first asked', beside),
    onePanel(album, 'two beside each other, spaced, the first asked', spaced(beside)),
    onePanel(album, 'two stacked, spaced, the first asked', spaced(stacked)),
  ];
}
