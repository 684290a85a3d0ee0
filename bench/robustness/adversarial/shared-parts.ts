/** One part of both pictures is equal: a side, or what is behind a subject. */
import { open, saved } from '../picture.js';
import type { Album } from './album.js';
import { ellipse, mixed, ramp, type Weight } from './canvas.js';
import type { Temptation } from './pair.js';

const size = { width: 480, height: 360 };

function covered(album: Album, kind: string, name: string, sharedShare: number, weight: Weight): Temptation {
  return {
    ...{ kind, name, sharedShare },
    async build(seed) {
      const shared = await album(seed, 0, size);
      const other = async (place: number) => saved(open(mixed(shared, await album(seed, place, size), weight)));
      return { enrolled: await other(1), asked: await other(2) };
    },
  };
}

const shares = [0.5, 0.6, 0.7];
const sides = ['left', 'right', 'top', 'bottom'] as const;
/** As a share of the side: the seam fades over a quarter of it. */
const seams = { hard: 0, soft: 0.25 };

export function sharedSides(album: Album): Temptation[] {
  return Object.entries(seams).flatMap(([seam, softness]) =>
    shares.flatMap((share) =>
      sides.map((side) => {
        const distance: Weight = (x, y) => ({ left: x, right: 1 - x, top: y, bottom: 1 - y })[side];
        const name = `${side} ${share * 100} % shared, ${seam} seam`;
        return covered(album, `shared side, ${seam} seam`, name, share, (x, y) => ramp(distance(x, y), share, softness));
      }),
    ),
  );
}

export function sharedBackgrounds(album: Album): Temptation[] {
  return [0.15, 0.25, 0.4].flatMap((area) => {
    const radius = Math.sqrt(area / Math.PI);
    const name = `another subject of ${area * 100} %`;
    return [
      covered(album, 'shared background', `${name}, centre`, 1 - area, ellipse(area, 0.5, 0.5)),
      covered(album, 'shared background', `${name}, side`, 1 - area, ellipse(area, radius + 0.02, 0.98 - radius)),
    ];
  });
}
