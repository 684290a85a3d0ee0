/** Every hash algorithm. Types, schemas, SQL and snapshots derive from this table; CONTRIBUTING.md says how to add a row. */

interface Common {
  readonly bits: number;
  readonly column: 'bits' | 'digest';
  /** Never change or reuse a code. */
  readonly snapshotCode: number;
}

interface Perceptual extends Common {
  readonly kind: 'perceptual';
  readonly column: 'bits';
  readonly threshold: number | { readonly tight: number; readonly wide: number };
  readonly widest: number;
}

/** `digest`: of the bytes of a file; `opaque`: of anything else, computed by others. */
interface Exact extends Common {
  readonly kind: 'digest' | 'opaque';
  readonly column: 'digest';
  /** Other content can have the same hash, so it removes only if PDQ finds the same entry. */
  readonly forgeable: boolean;
}

export const registry = {
  pdq: {
    kind: 'perceptual',
    bits: 256,
    column: 'bits',
    snapshotCode: 0,
    // 31: "confident" in the PDQ reference. Unrelated photographs start at 84.
    threshold: { tight: 16, wide: 31 },
    widest: 63,
  },
  blockhash: {
    kind: 'perceptual',
    bits: 256,
    column: 'bits',
    snapshotCode: 1,
    // 90 % of copies are within 24 bits, 99 % of unrelated pictures beyond 35 (`npm run bench:imaging`).
    threshold: 24,
    widest: 63,
  },
  md5: { kind: 'digest', bits: 128, column: 'digest', snapshotCode: 2, forgeable: true },
  sha1: { kind: 'digest', bits: 160, column: 'digest', snapshotCode: 3, forgeable: true },
  sha256: { kind: 'digest', bits: 256, column: 'digest', snapshotCode: 4, forgeable: false },
  /**
   * 144 bytes that other services compute. It identifies a look, not the bytes: alone it holds for review, and with PDQ it removes.
   */
  photodna: { kind: 'opaque', bits: 1_152, column: 'digest', snapshotCode: 5, forgeable: true },
} as const satisfies Record<string, Perceptual | Exact>;

type Registry = typeof registry;
type NameOf<Kind extends Registry[keyof Registry]['kind']> = {
  [Name in keyof Registry]: Registry[Name]['kind'] extends Kind ? Name : never;
}[keyof Registry];

export type Algorithm = keyof Registry;
export type PerceptualAlgorithm = NameOf<'perceptual'>;
export type DigestAlgorithm = NameOf<'digest'>;
export type ExactAlgorithm = Exclude<Algorithm, PerceptualAlgorithm>;

// Object.keys() and Object.fromEntries() lose the type of the keys.
export const algorithms = Object.keys(registry) as Algorithm[];
export const perceptualAlgorithms = algorithms.filter(isPerceptual);
export const exactAlgorithms = algorithms.filter(isExact);
export const digestAlgorithms = algorithms.filter(isDigest);

export function isKnown(name: string): name is Algorithm {
  return name in registry;
}

export function isPerceptual(algorithm: Algorithm): algorithm is PerceptualAlgorithm {
  return registry[algorithm].kind === 'perceptual';
}

export function isExact(algorithm: Algorithm): algorithm is ExactAlgorithm {
  return !isPerceptual(algorithm);
}

export function isDigest(algorithm: Algorithm): algorithm is DigestAlgorithm {
  return registry[algorithm].kind === 'digest';
}

export const algorithmsByCode: readonly (Algorithm | undefined)[] = algorithms.reduce<Algorithm[]>((byCode, name) => {
  byCode[registry[name].snapshotCode] = name;
  return byCode;
}, []);

export function hexLength(algorithm: Algorithm): number {
  return registry[algorithm].bits / 4;
}

/** Equal hashes show the same look, not the same bytes. */
export function isOpaque(algorithm: Algorithm): boolean {
  return isExact(algorithm) && !isDigest(algorithm);
}

export function perAlgorithm<Name extends Algorithm, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}
