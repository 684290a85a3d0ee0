/** The parts of an animated PNG. Source: PNG (Third Edition), section 11.3. */
import { crc32 } from 'node:zlib';

export interface PngFrame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  /** Milliseconds. */
  readonly delay: number;
  readonly dispose: 'keep' | 'clear' | 'restore';
  readonly isBlended: boolean;
  /** A PNG of this frame alone. */
  readonly png: Uint8Array;
}

export interface AnimatedPng {
  readonly width: number;
  readonly height: number;
  /** What viewers without animation show. */
  readonly still: Uint8Array;
  /** The still is also the first frame. */
  readonly isStillShown: boolean;
  readonly frames: readonly PngFrame[];
  readonly isCut: boolean;
}

const signatureSize = 8;
const headerEnd = 33;
const disposals = ['keep', 'clear', 'restore'] as const;
/** They describe the animation or the end, not a single picture. */
const dropped: ReadonlySet<string> = new Set(['IHDR', 'acTL', 'fcTL', 'fdAT', 'IDAT', 'IEND']);

interface Draft {
  readonly control: Uint8Array | undefined;
  readonly data: Uint8Array[];
}

/** Splits the file. Stops at a chunk that is cut; what was read until then counts. */
export function splitAnimatedPng(bytes: Uint8Array): AnimatedPng {
  const shared: Uint8Array[] = [];
  const still: Uint8Array[] = [];
  const drafts: Draft[] = [];
  let isStillShown = false;
  let isCut = true;
  for (const { type, data, whole } of chunksOf(bytes)) {
    if (type === 'fcTL' && data.length >= 26) drafts.push({ control: data, data: still.length === 0 ? still : [] });
    else if (type === 'IDAT') {
      isStillShown ||= still.length === 0 && drafts.length > 0;
      still.push(data);
    } else if (type === 'fdAT' && data.length > 4) drafts.at(-1)?.data.push(data.subarray(4));
    else if (type === 'IEND') isCut = false;
    else if (still.length === 0 && !dropped.has(type)) shared.push(whole);
  }
  const view = viewOf(bytes);
  const size = { width: view.getUint32(16), height: view.getUint32(20) };
  const alone = (frame: { width: number; height: number }, data: readonly Uint8Array[]): Uint8Array =>
    standalone(bytes, frame, shared, data);
  const frames = drafts.map(({ control, data }, at) =>
    frameOf(control, data, at === 0 && isStillShown ? size : undefined, alone),
  );
  return { ...size, still: alone(size, still), isStillShown, frames, isCut };
}

type Alone = (size: { width: number; height: number }, data: readonly Uint8Array[]) => Uint8Array;

/** @param whole the size of the picture, for a frame that fills it */
function frameOf(
  control: Uint8Array | undefined,
  data: readonly Uint8Array[],
  whole: { width: number; height: number } | undefined,
  alone: Alone,
): PngFrame {
  const view = viewOf(control ?? new Uint8Array(26));
  const size = whole ?? { width: view.getUint32(4), height: view.getUint32(8) };
  const [left, top] = whole ? [0, 0] : [view.getUint32(12), view.getUint32(16)];
  const delay = (view.getUint16(20) * 1_000) / (view.getUint16(22) || 100);
  const dispose = disposals[view.getUint8(24)] ?? 'keep';
  return { ...size, left, top, delay, dispose, isBlended: view.getUint8(25) === 1, png: alone(size, data) };
}

function standalone(
  bytes: Uint8Array,
  { width, height }: { width: number; height: number },
  shared: readonly Uint8Array[],
  data: readonly Uint8Array[],
): Uint8Array {
  const header = Buffer.from(bytes.subarray(16, 29));
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const start = bytes.subarray(0, signatureSize);
  return Buffer.concat([start, chunk('IHDR', [header]), ...shared, chunk('IDAT', data), chunk('IEND', [])]);
}

function chunk(type: string, data: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), ...data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function* chunksOf(bytes: Uint8Array) {
  const view = viewOf(bytes);
  for (let at = headerEnd; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    // Of pixels that are cut, viewers show what is there.
    if (end + 4 > bytes.length && type !== 'IDAT' && type !== 'fdAT') return;
    const to = Math.min(end, bytes.length);
    yield { type, data: bytes.subarray(at + 8, to), whole: bytes.subarray(at, end + 4) };
    if (type === 'IEND') return;
    at = end + 4;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
