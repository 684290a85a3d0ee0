/** Hashes of no image, which look like those of an entry (docs/decisions/0026-exports.md). */
import { type Algorithm, hexLength, isPerceptual } from './algorithms/registry.js';
import { fullVariant } from './hash.js';

/** A whole number from 0 to below `below`. */
export type Random = (below: number) => number;

interface ModelHash {
  readonly algorithm: Algorithm;
  readonly variant: string;
  readonly hex: string;
  readonly quality: number | null;
}

const fullQuality = 100;
/** The median of an image sets half of the bits, in blockhash of each band of 64. */
const bandBits = { pdq: 256, blockhash: 64 } as const;
/** Two variants of another entry would have exactly the same distance. */
const flippedBits = 6;

/**
 * As many bits are set as in the model, and the variants of one picture stay as near to each other. Digests are random.
 */
export function canaryHashes(model: readonly ModelHash[], random: Random): ModelHash[] {
  const orders = { pdq: shuffled(bandBits.pdq, random), blockhash: shuffled(bandBits.blockhash, random) };
  return model.map(({ algorithm, variant, hex, quality }) => ({
    ...{ algorithm, variant },
    quality: quality === null ? null : fullQuality,
    hex: isPerceptual(algorithm)
      ? permuted(hex, orders[algorithm], variant === fullVariant ? 0 : flippedBits, random)
      : otherExact(algorithm, hex, random),
  }));
}

function permuted(hex: string, order: readonly number[], flips: number, random: Random): string {
  const bits = [...BigInt(`0x1${hex}`).toString(2).slice(1)];
  const moved = bits.map((_, at) => {
    const band = at - (at % order.length);
    return bits[band + (order[at % order.length] ?? 0)] ?? '0';
  });
  for (let flip = 0; flip < flips; flip++) {
    const at = random(moved.length);
    moved[at] = moved[at] === '1' ? '0' : '1';
  }
  return BigInt(`0b1${moved.join('')}`)
    .toString(16)
    .slice(1);
}

/** The bytes of PhotoDNA are not evenly distributed. */
function otherExact(algorithm: Algorithm, hex: string, random: Random): string {
  if (algorithm !== 'photodna') return hexDigits(hexLength(algorithm), random);
  const bytes = hex.match(/../g) ?? [];
  return shuffled(bytes.length, random)
    .map((at) => bytes[at])
    .join('');
}

function hexDigits(length: number, random: Random): string {
  return Array.from({ length }, () => random(16).toString(16)).join('');
}

function shuffled(length: number, random: Random): number[] {
  const order = Array.from({ length }, (_, at) => at);
  for (let at = length - 1; at > 0; at--) {
    const other = random(at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  return order;
}

/** Another id of the same form: each digit becomes another digit, and so do the letters of long hexadecimal numbers. */
export function disguisedId(id: string, random: Random): string {
  return id.replace(/(?<![a-z0-9])[0-9a-f]{4,}(?![a-z0-9])|\d/gi, (run) =>
    /\d/.test(run) || run.length >= 8 ? [...run].map((character) => otherDigit(character, run, random)).join('') : run,
  );
}

function otherDigit(character: string, run: string, random: Random): string {
  if (/^\d+$/.test(run)) return character === '0' ? '0' : String(1 + random(9));
  const digit = random(16).toString(16);
  return /[A-F]/.test(run) ? digit.toUpperCase() : digit;
}
