/** Pictures of one scene, taken one after the other. */
import { open, type Picture, saved } from '../picture.js';
import type { Album } from './album.js';
import { ellipse, mixed } from './canvas.js';
import type { Temptation } from './pair.js';

const size = { width: 480, height: 360 };

/** Shares of the width: where the object is in the first and in the second frame. */
const [before, after] = [0.4, 0.62];

/** The camera moves by `shift` of the width and half as much of the height, and an object moves to the right. */
function burst(album: Album, shift: number, area: number): Temptation {
  return {
    kind: 'series',
    name: `next frame, moved by ${Math.round(shift * 100)} %, object of ${area * 100} %`,
    async build(seed) {
      const [right, down] = [Math.round(size.width * shift), Math.round((size.height * shift) / 2)];
      const way = Math.round(size.width * (after - before));
      const scene = await album(seed, 0, { width: size.width + right, height: size.height + down });
      const object = await album(seed, 1, { width: size.width + way, height: size.height });
      const first = mixed(view(scene, 0, 0), view(object, way, 0), ellipse(area, before, 0.55));
      const second = mixed(view(scene, right, down), view(object, 0, 0), ellipse(area, after, 0.55));
      return { enrolled: await saved(open(first)), asked: await saved(open(second)) };
    },
  };
}

function view(picture: Picture, left: number, top: number): Picture {
  const data = Buffer.alloc(size.width * size.height * 3);
  for (let y = 0; y < size.height; y++) {
    const from = ((y + top) * picture.width + left) * 3;
    picture.data.copy(data, y * size.width * 3, from, from + size.width * 3);
  }
  return { ...size, name: picture.name, data };
}

/** A rectangle of the scene shows something else. */
function changed(album: Album, name: string, [left, top, right, bottom]: readonly [number, number, number, number]): Temptation {
  return {
    ...{ kind: 'series', name, sharedShare: 1 - (right - left) * (bottom - top) },
    async build(seed) {
      const scene = await album(seed, 0, size);
      const isInside = (x: number, y: number) => Number(x > left && x < right && y > top && y < bottom);
      const other = mixed(scene, await album(seed, 1, size), isInside);
      return { enrolled: await saved(open(scene)), asked: await saved(open(other)) };
    },
  };
}

export function series(album: Album): Temptation[] {
  return [
    ...[0.06, 0.09, 0.12].map((shift) => burst(album, shift, 0.12)),
    burst(album, 0.06, 0.05),
    changed(album, 'same scene, 30 % changed in the centre', [0.225, 0.225, 0.775, 0.775]),
    changed(album, 'same scene, 30 % changed at the left', [0, 0, 0.3, 1]),
    changed(album, 'same scene, 30 % changed at the bottom', [0, 0.7, 1, 1]),
    changed(album, 'same scene, 30 % changed in a corner', [0.45, 0.45, 1, 1]),
  ];
}
