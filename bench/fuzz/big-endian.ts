/** Converts TIFFs to big-endian, because none of our encoders writes that byte order. */

/** Bytes per value and per word of a TIFF type: BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED (TIFF 6.0, section 2). */
const sizes: Readonly<Record<number, { readonly value: number; readonly word: number }>> = {
  1: { value: 1, word: 1 },
  2: { value: 1, word: 1 },
  3: { value: 2, word: 2 },
  4: { value: 4, word: 4 },
  5: { value: 8, word: 4 },
  6: { value: 1, word: 1 },
  7: { value: 1, word: 1 },
};

export function bigEndian(tiff: Buffer): Buffer {
  const swapped = Buffer.from(tiff);
  const directory = tiff.readUInt32LE(4);
  const entries = tiff.readUInt16LE(directory);
  swapped.write('MM', 0, 'latin1');
  swapWords(swapped, 2, 2, 1);
  swapWords(swapped, 4, 4, 1);
  swapWords(swapped, directory, 2, 1);
  for (let at = directory + 2; at < directory + 2 + entries * 12; at += 12) {
    const { value, word } = sizes[tiff.readUInt16LE(at + 2)] ?? { value: 1, word: 1 };
    const length = tiff.readUInt32LE(at + 4) * value;
    swapWords(swapped, at, 2, 2);
    swapWords(swapped, at + 4, 4, 1);
    if (length > 4) {
      swapWords(swapped, tiff.readUInt32LE(at + 8), word, length / word);
      swapWords(swapped, at + 8, 4, 1);
    } else swapWords(swapped, at + 8, word, length / word);
  }
  swapWords(swapped, directory + 2 + entries * 12, 4, 1);
  return swapped;
}

function swapWords(bytes: Buffer, at: number, size: number, count: number): void {
  for (let word = at; word < at + size * count; word += size) bytes.subarray(word, word + size).reverse();
}
