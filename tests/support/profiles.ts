/** Fake ICC profiles (ICC.1:2022). */

export type Tag = readonly [name: string, data: Buffer];

function element(type: string, ...rest: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(type, 'latin1'), Buffer.alloc(4), ...rest]);
}

/** s15Fixed16Numbers. */
function fixed(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [k, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65_536), k * 4);
  return bytes;
}

/** Type 3 with five parameters: (ax + b)^g from d on, cx below. */
export function formula(g: number, a: number, b: number, c: number, d: number, type = 3): Buffer {
  return element('para', Buffer.from([0, type, 0, 0]), fixed(g, a, b, c, d));
}

/** Samples are from 0 to 1. */
export function curve(samples: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + samples.length * 2);
  bytes.writeUInt32BE(samples.length);
  for (const [k, sample] of samples.entries()) bytes.writeUInt16BE(Math.round(sample * 65_535), 4 + k * 2);
  return element('curv', bytes);
}

export const colorants: readonly Tag[] = [
  ['rXYZ', element('XYZ ', fixed(0.436, 0.2225, 0.0139))],
  ['gXYZ', element('XYZ ', fixed(0.3851, 0.7169, 0.0971))],
  ['bXYZ', element('XYZ ', fixed(0.1431, 0.0606, 0.7141))],
];

export const toneOf = (red: Buffer, green: Buffer, blue: Buffer): readonly Tag[] => [
  ['rTRC', red],
  ['gTRC', green],
  ['bTRC', blue],
];

export function profileOf(more: readonly Tag[]): Buffer {
  const description = element('mluc', Buffer.from([0, 0, 0, 1, 0, 0, 0, 12]), Buffer.from('enUS\0\0\0\x02\0\0\0\x1c\0x\0\0'));
  const tags: Tag[] = [
    ['desc', description],
    ['cprt', description],
    ['wtpt', element('XYZ ', fixed(0.9642, 1, 0.8249))],
    ...more,
  ];
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length);
  let end = 128 + table.length;
  for (const [k, [name, data]] of tags.entries()) {
    table.write(name, 4 + k * 12, 'latin1');
    table.writeUInt32BE(end, 8 + k * 12);
    table.writeUInt32BE(data.length, 12 + k * 12);
    end += data.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(end);
  header.writeUInt32BE(0x04300000, 8);
  header.write('mntrRGB XYZ ', 12);
  header.write('acsp', 36);
  header.set(fixed(0.9642, 1, 0.8249), 68);
  return Buffer.concat([header, table, ...tags.map(([, data]) => data)]);
}

/** Rises and falls five times. */
const zigzag = curve(Array.from({ length: 256 }, (_, k) => Math.abs((((k / 255) * 10) % 2) - 1)));

/** A profile that leaves nothing of a picture. */
export function zigzagWith(...more: Tag[]): Buffer {
  return profileOf([...colorants, ...toneOf(zigzag, zigzag, zigzag), ...more]);
}

export function app2(profile: Buffer, part = 1, parts = 1): Buffer {
  return Buffer.concat([Buffer.from('ICC_PROFILE\0', 'latin1'), Buffer.from([part, parts]), profile]);
}
