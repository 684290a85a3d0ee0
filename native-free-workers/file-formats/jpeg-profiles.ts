/** Second bytes of markers (ITU-T T.81, table B.1). */
const [applicationTwo, startOfScan, endOfImage] = [0xe2, 0xda, 0xd9];
const signature = 'ICC_PROFILE\0';

/** Removes every ICC profile but the first (ICC.1:2022, annex B.4). Browsers apply the first, libvips the last. */
export function withFirstProfile(jpeg: Uint8Array): Uint8Array {
  const numbers = new Set<number>();
  const kept: Uint8Array[] = [];
  let from = 0;
  for (const { at, end } of profileSegments(jpeg)) {
    const number = jpeg[at + 16] ?? 0;
    if (numbers.has(number)) {
      kept.push(jpeg.subarray(from, at));
      from = end;
    }
    numbers.add(number);
  }
  return from === 0 ? jpeg : Buffer.concat([...kept, jpeg.subarray(from)]);
}

/** Like libjpeg, it skips anything between two segments. */
function* profileSegments(jpeg: Uint8Array): Generator<{ readonly at: number; readonly end: number }> {
  for (let at = markerFrom(jpeg, 2); at >= 0; ) {
    const marker = jpeg[at + 1] ?? 0;
    if (marker === startOfScan || marker === endOfImage) return;
    const length = hasLength(marker) ? ((jpeg[at + 2] ?? 0) << 8) | (jpeg[at + 3] ?? 0) : 0;
    const end = Math.min(jpeg.length, at + 2 + length);
    if (marker === applicationTwo && length >= 16 && isProfile(jpeg, at)) yield { at, end };
    at = markerFrom(jpeg, end);
  }
}

function markerFrom(jpeg: Uint8Array, start: number): number {
  let at = jpeg.indexOf(0xff, start);
  while (at >= 0 && (jpeg[at + 1] === 0xff || jpeg[at + 1] === 0)) at = jpeg.indexOf(0xff, at + 1);
  return at + 1 < jpeg.length ? at : -1;
}

/** All markers except TEM and RST0 to RST7. */
function hasLength(marker: number): boolean {
  return marker !== 1 && (marker < 0xd0 || marker > 0xd7);
}

function isProfile(jpeg: Uint8Array, at: number): boolean {
  return String.fromCharCode(...jpeg.subarray(at + 4, at + 16)) === signature;
}
