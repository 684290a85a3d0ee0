/** Reads hashes as files write them. No answer of this file repeats the text: it is the hash of a victim's image. */
import { type Algorithm, algorithms, hexLength, isKnown } from '../domain/algorithms/registry.js';
import type { FoundHash } from './format.js';

/** How files spell the names, without case, hyphens and underscores. */
const otherNames: Readonly<Record<string, Algorithm>> = { pdna: 'photodna' };

export function algorithmNamed(name: string): Algorithm | undefined {
  const plain = name.toLowerCase().replace(/[-_ ]/g, '');
  if (isKnown(plain) && Object.hasOwn(byLength, plain)) return plain;
  return Object.hasOwn(otherNames, plain) ? otherNames[plain] : undefined;
}

const byLength = Object.fromEntries(algorithms.map((name) => [name, hexLength(name)])) as Record<Algorithm, number>;
const wholeHex = /^[0-9a-fA-F]*$/;
const base32 = /^[A-Za-z2-7]{32}$/;
const base64 = /^[A-Za-z0-9+/]{192}$/;

export type ReadHash = { readonly hash: FoundHash } | { readonly problem: string };

/** @param quality 0-100, or null if the file does not say */
export function readHash(algorithm: Algorithm, text: string, quality: number | null = null): ReadHash {
  if (text.length === byLength[algorithm] && wholeHex.test(text)) {
    return { hash: { algorithm, hex: text.toLowerCase(), quality } };
  }
  if (algorithm === 'photodna' && base64.test(text)) {
    return { hash: { algorithm, hex: Buffer.from(text, 'base64').toString('hex'), quality } };
  }
  if (algorithm === 'sha1' && base32.test(text)) return { hash: { algorithm, hex: hexOfBase32(text), quality } };
  return { problem: `${algorithm}: ${problemOf(algorithm, text)}` };
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

function hexOfBase32(text: string): string {
  const bits = [...text.toLowerCase()].map((digit) => alphabet.indexOf(digit).toString(2).padStart(5, '0')).join('');
  return (bits.match(/.{4}/g) ?? []).map((four) => Number.parseInt(four, 2).toString(16)).join('');
}

function problemOf(algorithm: Algorithm, text: string): string {
  if (/^\s|\s$/.test(text)) return 'has a space before or after it';
  if (/\s/.test(text)) return `has a space inside, at character ${text.search(/\s/) + 1}`;
  if (/^0x/i.test(text)) return 'begins with 0x';
  const expected = `expected ${spellings[algorithm] ?? `${byLength[algorithm]} hexadecimal digits`}`;
  const at = text.search(/[^0-9a-fA-F]/);
  if (at >= 0 && algorithm !== 'photodna') return `${expected}, character ${at + 1} is none`;
  return `${expected}, got ${text.length} characters`;
}

const spellings: Readonly<Partial<Record<Algorithm, string>>> = {
  sha1: '40 hexadecimal or 32 base32 digits',
  photodna: '288 hexadecimal digits or 192 of base64',
};

/** The hashes of one record: equal repetitions count once, and two values of one algorithm are a contradiction. */
export class HashCollector {
  readonly hashes: FoundHash[] = [];
  /** A record may name thousands. */
  private readonly kinds = new Set<string>();
  /** Why the record is invalid. */
  problem: string | undefined;

  get unsupported(): string[] {
    return [...this.kinds];
  }

  /** Empty text is no hash. */
  add(algorithm: Algorithm, text: unknown, quality: number | null = null): void {
    if (text === null || text === undefined || text === '') return;
    if (typeof text !== 'string') {
      this.problem ??= `${algorithm}: expected text`;
      return;
    }
    const read = readHash(algorithm, text, quality);
    if ('problem' in read) this.problem ??= read.problem;
    else this.keep(read.hash);
  }

  /** A hash by the name that the file gives it. */
  addNamed(name: string, text: unknown): void {
    const algorithm = algorithmNamed(name);
    if (algorithm) this.add(algorithm, text);
    else this.leaveOut(name);
  }

  /** A kind of hash that Vigie does not match. */
  leaveOut(kind: string): void {
    const name = kind.trim().toLowerCase().slice(0, 40);
    if (name !== '') this.kinds.add(name);
  }

  private keep(hash: FoundHash): void {
    const other = this.hashes.find(({ algorithm }) => algorithm === hash.algorithm);
    if (!other) this.hashes.push(hash);
    else if (other.hex !== hash.hex) this.problem ??= `${hash.algorithm}: the record has two different ones`;
  }
}
