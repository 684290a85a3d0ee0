/** Matches beyond the thresholds of a list, which only hold (docs/decisions/0039-hold-radius.md). */
import { fullVariant } from '../../domain/hash.js';
import { hasSimpleStructure } from '../../domain/hash-structure.js';
import type { Candidate, Hit } from '../../domain/verdict.js';
import type { HashIndex } from '../../index/hash-index.js';
import { candidateOf } from './candidate.js';
import type { HoldRadii } from './hold-radii.js';
import type { Probe } from './query.js';

/** Beyond the radius of the lists, only the whole of an entry counts, and only for a picture of a rich structure. */
export function farCandidate(hit: Hit, probe: Probe, radius: number, { byList }: HoldRadii): Candidate | undefined {
  if (hit.distance <= radius) return candidateOf(hit, probe);
  const isNear = hit.variant === fullVariant && hit.distance <= (byList.get(hit.entry.list) ?? 0);
  if (!isNear || hasSimpleStructure(probe.value)) return undefined;
  return { ...candidateOf(hit, probe), mayHold: true };
}

const none: ReadonlySet<Candidate> = new Set();

/** The far candidates whose entry has a simple structure. The index knows the hash, a hit does not. */
export function farFromSimple(
  index: Pick<HashIndex, 'wholesOf'>,
  candidates: readonly Candidate[],
): ReadonlySet<Candidate> | Promise<ReadonlySet<Candidate>> {
  const far = candidates.filter(({ mayHold }) => mayHold);
  if (far.length === 0) return none;
  const wholes = index.wholesOf([...new Set(far.map(({ ordinal }) => ordinal))]);
  const simpleOf = (known: Awaited<typeof wholes>) => {
    const rich = new Set(known.filter(({ value }) => !hasSimpleStructure(value)).map(({ hit }) => hit.entry.id));
    return new Set(far.filter(({ entry }) => !rich.has(entry.id)));
  };
  return wholes instanceof Promise ? wholes.then(simpleOf) : simpleOf(wholes);
}
