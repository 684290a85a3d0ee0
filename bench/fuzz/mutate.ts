import { crc32 } from 'node:zlib';
import type { Random } from '../random.js';
import { fieldsOf } from './fields.js';

/** Numbers at which lengths overflow, signs change or limits end. */
const boundaryValues = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x3fff, 0x4000, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const maxChanges = 4;

type Change = (file: Buffer, random: Random, other: Buffer) => Buffer;

const below = (random: Random, end: number): number => Math.floor(random() * end);
/** A random part of the file: usually a few bytes, sometimes kilobytes. */
const range = (file: Buffer, random: Random): [from: number, to: number] => {
  const from = below(random, file.length);
  return [from, Math.min(file.length, from + 1 + below(random, 2 ** below(random, 12)))];
};

const changes: readonly Change[] = [
  function flipBits(file, random) {
    for (let count = 1 + below(random, 16); count > 0; count--) {
      const at = below(random, file.length);
      file[at] = (file[at] ?? 0) ^ (1 << below(random, 8));
    }
    return file;
  },
  function overwrite(file, random) {
    const [from, to] = range(file, random);
    return file.fill(boundaryValues[below(random, boundaryValues.length)] ?? 0, from, to);
  },
  function scramble(file, random) {
    const [from, to] = range(file, random);
    for (let at = from; at < to; at++) file[at] = below(random, 256);
    return file;
  },
  function cut(file, random) {
    return file.subarray(0, below(random, file.length));
  },
  function drop(file, random) {
    const [from, to] = range(file, random);
    return Buffer.concat([file.subarray(0, from), file.subarray(to)]);
  },
  function repeat(file, random) {
    const [from, to] = range(file, random);
    const copies = Array<Buffer>(1 + below(random, 40)).fill(file.subarray(from, to));
    return Buffer.concat([file.subarray(0, to), ...copies, file.subarray(to)]);
  },
  function splice(file, random, other) {
    return Buffer.concat([file.subarray(0, below(random, file.length)), other.subarray(below(random, other.length))]);
  },
  setField,
  setField,
  setField,
];

function setField(file: Buffer, random: Random): Buffer {
  const fields = fieldsOf(file);
  const field = fields[below(random, fields.length)];
  if (!field) return file;
  const { at, bytes, littleEndian } = field;
  const now = littleEndian ? file.readUIntLE(at, bytes) : file.readUIntBE(at, bytes);
  const chosen = random() < 0.5 ? (boundaryValues[below(random, boundaryValues.length)] ?? 0) : now + below(random, 33) - 16;
  const value = ((chosen % 256 ** bytes) + 256 ** bytes) % 256 ** bytes;
  if (littleEndian) file.writeUIntLE(value, at, bytes);
  else file.writeUIntBE(value, at, bytes);
  return file;
}

export function mutate(file: Buffer, other: Buffer, random: Random): Buffer {
  let changed: Buffer = Buffer.from(file);
  for (let count = 1 + below(random, maxChanges); count > 0 && changed.length > 0; count--) {
    changed = changes[below(random, changes.length)]?.(changed, random, other) ?? changed;
  }
  // With correct checksums, more of a broken PNG reaches the decoder.
  return random() < 0.7 ? withCorrectChecksums(changed) : changed;
}

function withCorrectChecksums(file: Buffer): Buffer {
  if (file.length < 8 || file.readUInt32BE(0) !== 0x89504e47) return file;
  for (let at = 8; at + 12 <= file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    if (end + 4 > file.length) break;
    file.writeUInt32BE(crc32(file.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return file;
}
