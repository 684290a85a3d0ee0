import { environmentLine, figure, markdownTable } from '../../markdown.js';
import type { Interval, Tail } from './results.js';

const million = 1e6;
/** To two digits: the bounds are not more exact. */
const oneIn = (share: number) => `1 in ${figureOfCount(Number((1 / share).toPrecision(2)))}`;
const interval = ({ fitted, low, high }: Interval, digits: number) =>
  `${fitted.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
const falseHolds = ({ fitted, high }: Interval) => `${oneIn(million * fitted)} (bound: ${oneIn(million * high)})`;

export function tailSection(tail: Tail): string {
  const { environment, photographs, drawings, crops, rich, simple, separability, threshold, queries, large, heavy } = tail;
  const simpleShare = simple.compared / (rich.compared + simple.compared);
  return `## Nearness of unrelated photographs

\`npm run bench:tail\` compares ${figure(crops)} random crops (55 to 100 % of the sides) of ${photographs} pictures, ${drawings} of them drawings: **${figure(rich.compared + simple.compared)} pairs**
of different pictures, in all 8 orientations and as negatives. Two drawings are not compared. From the result follows how wide a radius may be
that only holds for review ([decision 39](docs/decisions/0039-hold-radius.md)).

${environmentLine(environment)}

${countTable(tail)}

- *rich*: both hashes have a separability of ${separability.limit} or less. It tells how nearly a hash is that of one edge or simple shape: median ${separability.median},
  95 % quantile ${separability.p95}, highest ${separability.highest}. *simple*: at least one of the two hashes has more.
- The numbers in brackets are the pairs of different photographs among these pairs of crops.
- *large crops* keep 85 to 100 % of the sides: ${figure(large.crops)} crops. Below ${queries.distance} bits their scale is ${interval(large.scale, 2)}, see below.

**Fits** of the rich pairs below a threshold. Brackets: 5 % and 95 % of 2000 bootstrap samples, which draw photographs and not crops.

${fitTable(tail)}

- *scale*: the exponential falls to 1/e in so many bits. *shape* of a generalised Pareto: 0 is an exponential, above 0 the tail is heavier. *gain* is how
  much better the generalised Pareto fits (log likelihood).
- *design effect*: this many pairs say as much as one independent pair, because crops of one photograph resemble each other.
- *radius* for a million hashes: by the 95 % bound of the exponential, by the exponential, by the generalised Pareto, and by its 95 % bound.

**All hashes of a query** (${figure(queries.hashes)} on average: orientations, variants, pictures extended at the edges, tilts) find ${interval(rich.variantFactor, 1)} times as
many rich pairs within ${queries.distance} bits as its orientations alone, and ${interval(simple.variantFactor, 1)} times as many simple pairs. All figures below include
this factor. They extrapolate the exponential below ${threshold} bits.

${listTable(tail)}

If the tail were as heavy as the 95 % bound of the generalised Pareto allows, ${heavy.radius} bits would give ${oneIn(million * heavy.share.high)} false holds with a million hashes.

**False holds or matches per upload** against a million unrelated hashes:

${radiusTable(tail)}

The figures of a class are for an upload of which all million pairs are in it. ${(simpleShare * 100).toFixed(1)} % of all pairs are simple.

**The limit of separability**, and the radius that follows for a million hashes:

${limitTable(tail)}
`;
}

function countTable({ rich, simple, large }: Tail): string {
  const cell = (count: Tail['rich']['counts'][number] | undefined) =>
    count && count.pairs > 0 ? `${figureOfCount(count.pairs)} (${figureOfCount(count.photographPairs)})` : '0';
  const rows = rich.counts.map((count, at) => [
    `${count.distance}`,
    cell(count),
    cell(simple.counts[at]),
    cell(large.counts[at]),
  ]);
  const compared = ['compared', ...[rich.compared, simple.compared, large.compared].map(figureOfCount)];
  return markdownTable(['bits or fewer', 'rich pairs', 'simple pairs', 'rich, large crops'], [...rows, compared]);
}

/** 7 and not 7.00. */
function figureOfCount(count: number): string {
  return count < 100 ? `${count}` : figure(count);
}

function fitTable({ fits }: Tail): string {
  const rows = fits.map(({ threshold, pairs, scale, shape, gain, designEffect, radius }) => [
    `${threshold}`,
    figureOfCount(pairs),
    interval(scale, 2),
    interval(shape, 2),
    gain.toFixed(1),
    figure(designEffect),
    `${radius.bound}, ${radius.fitted}, ${radius.pareto}, ${radius.paretoBound}`,
  ]);
  return markdownTable(['threshold', 'pairs', 'scale, bits', 'shape', 'gain', 'design effect', 'radius'], rows);
}

function listTable({ largestLists, rich }: Tail): string {
  const rows = largestLists.map(({ radius, hashes }) => {
    const share = rich.within.find((one) => one.radius === radius)?.share;
    return [`${radius}`, figureOfCount(hashes), share ? falseHolds(share) : ''];
  });
  return markdownTable(['radius', 'largest list for 1 false hold in 10 000 uploads', 'false holds with a million hashes'], rows);
}

function radiusTable({ rich, simple }: Tail): string {
  const rows = simple.within.map(({ radius, share }) => {
    const ofRich = rich.within.find((one) => one.radius === radius)?.share;
    return [`${radius}`, ofRich ? falseHolds(ofRich) : '', falseHolds(share)];
  });
  return markdownTable(['radius', 'rich', 'simple'], rows);
}

function limitTable({ limits }: Tail): string {
  const rows = limits.map(({ limit, crops, radius }) => [`${limit}`, `${(crops * 100).toFixed(1)} %`, `${radius}`]);
  return markdownTable(['highest separability', 'crops', 'radius'], rows);
}
