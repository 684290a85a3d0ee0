/**
 * The number of a case: 12 symbols of Crockford's base 32 and one check symbol, shown as `ABCD-EFGH-JKMN-C`.
 *
 * The check symbol is a sum over GF(32) in which each place has another power of x as its weight. So it detects every wrong symbol, and
 * every swap of two different symbols. Crockford's own check symbol needs five more characters, which are hard to read aloud.
 */
declare const brand: unique symbol;
export type CaseNumber = string & { readonly [brand]: 'case number' };

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const symbols = 12;
/** x^5 + x^2 + 1, for which x generates all 31 elements. */
const polynomial = 0b100101;

/** @param bytes at least 8, of which 60 bits count */
export function caseNumberOf(bytes: Uint8Array): CaseNumber {
  let bits = 0n;
  for (const byte of bytes.subarray(0, 8)) bits = (bits << 8n) | BigInt(byte);
  const values = Array.from({ length: symbols }, (_, at) => Number((bits >> BigInt(5 * at)) & 31n));
  return [...values, checkOf(values)].map((value) => alphabet[value]).join('') as CaseNumber;
}

/** Takes what people type: any case, spaces and hyphens, I and L for 1, O for 0. Undefined: not a case number. */
export function parseCaseNumber(text: string): CaseNumber | undefined {
  const plain = text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replaceAll('O', '0');
  const values = [...plain].map((symbol) => alphabet.indexOf(symbol));
  if (values.length !== symbols + 1 || values.includes(-1)) return undefined;
  return checkOf(values.slice(0, symbols)) === values[symbols] ? (plain as CaseNumber) : undefined;
}

/** In groups of four. */
export function shownCaseNumber(number: CaseNumber): string {
  return number.replace(/(.{4})(?=.)/g, '$1-');
}

function checkOf(values: readonly number[]): number {
  return values.reduce((sum, value) => timesX(sum ^ value), 0);
}

function timesX(value: number): number {
  const shifted = value << 1;
  return shifted & 32 ? shifted ^ polynomial : shifted;
}
