/** Addresses that are not public, as four bytes, and the ways to write them in a URL. */
import fc from 'fast-check';

export const privateAddress = fc
  .tuple(fc.constantFrom(10, 127, 0, 169, 192, 172, 224, 240), fc.nat(255), fc.nat(255), fc.nat(255))
  .map(([first, second, ...rest]) => [first, narrowed(first, second), ...rest]);

/** Of the networks that are private in part. */
function narrowed(first: number, second: number): number {
  if (first === 172) return 16 + (second % 16);
  return first === 169 || first === 192 ? { 169: 254, 192: 168 }[first] : second;
}

const numberOf = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
const mixed = (bytes: readonly number[], radix: (byte: number, at: number) => string) => bytes.map(radix).join('.');
/** Ways to write an address, some of which only lenient parsers read. */
export const spelling = fc.constantFrom<(bytes: readonly number[]) => string>(
  (bytes) => bytes.join('.'),
  (bytes) => String(numberOf(bytes)),
  (bytes) => `0x${numberOf(bytes).toString(16)}`,
  (bytes) => `0${numberOf(bytes).toString(8)}`,
  (bytes) => `${bytes[0]}.${numberOf(bytes.slice(1))}`,
  (bytes) => `${bytes[0]}.${bytes[1]}.${numberOf(bytes.slice(2))}`,
  (bytes) => mixed(bytes, (byte, at) => (at % 2 ? `0x${byte.toString(16)}` : `0${byte.toString(8)}`)),
  (bytes) => bytes.join('。'),
  (bytes) => bytes.join('%2e'),
  (bytes) => `[::ffff:${bytes.join('.')}]`,
  (bytes) => `[::${bytes.join('.')}]`,
  (bytes) => `[64:ff9b::${bytes.join('.')}]`,
);
