/** TIFFs in the byte order that no encoder at hand writes. */

/** Bytes of one value of a type, and of what is turned in it (TIFF 6.0, section 2): BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED. */
const sizes: Readonly<Record<number, { readonly value: number; readonly word: number }>> = {
  1: { value: 1, word: 1 },
  2: { value: 1, word: 1 },
  3: { value: 2, word: 2 },
  4: { value: 4, word: 4 },
  5: { value: 8, word: 4 },
  6: { value: 1, word: 1 },
  7: { value: 1, word: 1 },
};

/** The little-endian TIFF of one page, of 8 bits a sample, as big-endian. */
export function bigEndian(tiff: Buffer): Buffer {
  const turned = Buffer.from(tiff);
  const directory = tiff.readUInt32LE(4);
  const entries = tiff.readUInt16LE(directory);
  turned.write('MM', 0, 'latin1');
  turnWords(turned, 2, 2, 1);
  turnWords(turned, 4, 4, 1);
  turnWords(turned, directory, 2, 1);
  for (let at = directory + 2; at < directory + 2 + entries * 12; at += 12) {
    const { value, word } = sizes[tiff.readUInt16LE(at + 2)] ?? { value: 1, word: 1 };
    const length = tiff.readUInt32LE(at + 4) * value;
    turnWords(turned, at, 2, 2);
    turnWords(turned, at + 4, 4, 1);
    if (length > 4) {
      turnWords(turned, tiff.readUInt32LE(at + 8), word, length / word);
      turnWords(turned, at + 8, 4, 1);
    } else turnWords(turned, at + 8, word, length / word);
  }
  turnWords(turned, directory + 2 + entries * 12, 4, 1);
  return turned;
}

function turnWords(bytes: Buffer, at: number, size: number, count: number): void {
  for (let word = at; word < at + size * count; word += size) bytes.subarray(word, word + size).reverse();
}
