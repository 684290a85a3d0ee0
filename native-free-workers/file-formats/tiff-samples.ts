/** What the samples of a TIFF mean. Source: TIFF 6.0, sections 2, 8 and 23; BigTIFF has longer counts and offsets. */

const tag = { bitsPerSample: 258, photometric: 262, sampleFormat: 339 } as const;
/** Bilevel to palette, CMYK and YCbCr. CIELAB and the like (8 and more) and raw sensor data are missing. */
const photometrics: ReadonlySet<number> = new Set([0, 1, 2, 3, 5, 6]);
const depths: ReadonlySet<number> = new Set([1, 2, 4, 8, 16]);
const unsigned = 1;
const shortType = 3;

/** False if the decoder would refuse the first page, or take its samples for others. True for headers that end early. */
export function hasPlainSamples(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return isPlain(shortsOf(view));
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}

function isPlain(shorts: ReadonlyMap<number, readonly number[]>): boolean {
  return (
    (shorts.get(tag.bitsPerSample) ?? []).every((depth) => depths.has(depth)) &&
    (shorts.get(tag.photometric) ?? []).every((meaning) => photometrics.has(meaning)) &&
    (shorts.get(tag.sampleFormat) ?? []).every((format) => format === unsigned)
  );
}

/** The 16-bit values of the first directory, by tag. @throws RangeError if the file ends early. */
function shortsOf(view: DataView): Map<number, readonly number[]> {
  const little = view.getUint8(0) === 0x49;
  const isBig = view.getUint16(2, little) === 43;
  const offset = (at: number): number => (isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  const [countSize, entrySize, inline] = isBig ? [8, 20, 8] : [2, 12, 4];
  const directory = offset(isBig ? 8 : 4);
  const entries = isBig ? Number(view.getBigUint64(directory, little)) : view.getUint16(directory, little);
  const found = new Map<number, readonly number[]>();
  for (let k = 0; k < Math.min(entries, 4_096); k++) {
    const at = directory + countSize + k * entrySize;
    const [name, type, count] = [view.getUint16(at, little), view.getUint16(at + 2, little), offset(at + 4)];
    if (type !== shortType || count > 16) continue;
    const values = count * 2 <= inline ? at + entrySize - inline : offset(at + entrySize - inline);
    found.set(
      name,
      Array.from({ length: count }, (_, index) => view.getUint16(values + index * 2, little)),
    );
  }
  return found;
}
