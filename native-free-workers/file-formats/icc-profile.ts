/** Writes matrix/TRC display profiles (ICC.1:2022), so that one colour engine converts whatever a file says about its colours. */

/** x, y of the white point, red, green and blue (CIE 1931). */
export type Chromaticities = readonly [number, number, number, number, number, number, number, number];

/** Parameters of a parametric curve, type 3: ((ax + b)^g from d on, cx below. One parameter is a pure power. */
export type TransferCurve = readonly [g: number] | readonly [g: number, a: number, b: number, c: number, d: number];

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

/** Rows: the Bradford cone responses to XYZ. */
const bradford: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];
const d50: Vector = [0.9642, 1, 0.8249];

/** Undefined if the chromaticities span no colours. */
export function displayProfile([wx, wy, ...primaries]: Chromaticities, curve: TransferCurve): Uint8Array | undefined {
  const [rx, ry, gx, gy, bx, by] = primaries;
  const white = fromChromaticity(wx, wy);
  const columns: Matrix = [fromChromaticity(rx, ry), fromChromaticity(gx, gy), fromChromaticity(bx, by)];
  const unscaled = transposed(columns);
  const inverse = inverted(unscaled);
  if (!inverse) return undefined;
  const scales = times(inverse, white);
  const adapted = adaptation(white);
  const colorants = columns.map((column, at) => times(adapted, scaled(column, scales[at] ?? 0)));
  if (colorants.flat().some((value) => !Number.isFinite(value) || Math.abs(value) > 2)) return undefined;
  return profileOf(colorants, curve);
}

const fromChromaticity = (x: number, y: number): Vector => [x / y, 1, (1 - x - y) / y];
const scaled = (vector: Vector, by: number): Vector => [vector[0] * by, vector[1] * by, vector[2] * by];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const times = (matrix: Matrix, vector: Vector): Vector => [
  dot(matrix[0], vector),
  dot(matrix[1], vector),
  dot(matrix[2], vector),
];
const cross = (a: Vector, b: Vector): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

function transposed([a, b, c]: Matrix): Matrix {
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
}

function inverted([a, b, c]: Matrix): Matrix | undefined {
  const determinant = dot(a, cross(b, c));
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-6) return undefined;
  return transposed(
    [cross(b, c), cross(c, a), cross(a, b)].map((row) => scaled(row, 1 / determinant)) as [Vector, Vector, Vector],
  );
}

/** From the light of `white` to that of D50. */
function adaptation(white: Vector): Matrix {
  const [from, to] = [times(bradford, white), times(bradford, d50)];
  const gains: Matrix = [
    [to[0] / from[0], 0, 0],
    [0, to[1] / from[1], 0],
    [0, 0, to[2] / from[2]],
  ];
  const back = inverted(bradford) ?? bradford;
  return product(back, product(gains, bradford));
}

function product(a: Matrix, b: Matrix): Matrix {
  const columns = transposed(b);
  return [times(columns, a[0]), times(columns, a[1]), times(columns, a[2])];
}

function profileOf(colorants: readonly Vector[], curve: TransferCurve): Uint8Array {
  const tags: [name: string, data: Buffer][] = [
    ['desc', text('Vigie')],
    ['cprt', text('CC0')],
    ['wtpt', xyz(d50)],
    ...colorants.map((colorant, at): [string, Buffer] => [`${'rgb'[at]}XYZ`, xyz(colorant)]),
    ...[...'rgb'].map((channel): [string, Buffer] => [`${channel}TRC`, parametric(curve)]),
  ];
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length);
  let at = 128 + table.length;
  for (const [k, [name, data]] of tags.entries()) {
    table.write(name, 4 + k * 12, 'latin1');
    table.writeUInt32BE(at, 8 + k * 12);
    table.writeUInt32BE(data.length, 12 + k * 12);
    at += data.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(at);
  header.writeUInt32BE(0x04300000, 8);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  xyz(d50).copy(header, 68, 8);
  return Buffer.concat([header, table, ...tags.map(([, data]) => data)]);
}

function fixed(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [k, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65_536), k * 4);
  return bytes;
}

const xyz = (vector: Vector): Buffer => Buffer.concat([Buffer.from('XYZ \0\0\0\0', 'latin1'), fixed(vector)]);

function parametric(curve: TransferCurve): Buffer {
  const head = Buffer.from('para\0\0\0\0\0\0\0\0', 'latin1');
  head.writeUInt16BE(curve.length === 1 ? 0 : 3, 8);
  return Buffer.concat([head, fixed(curve)]);
}

/** A multiLocalizedUnicode tag with one record. */
function text(ascii: string): Buffer {
  const head = Buffer.alloc(28);
  head.write('mluc', 'latin1');
  head.writeUInt32BE(1, 8);
  head.writeUInt32BE(12, 12);
  head.write('enUS', 16, 'latin1');
  head.writeUInt32BE(ascii.length * 2, 20);
  head.writeUInt32BE(28, 24);
  const bytes = Buffer.concat([head, Buffer.from(ascii, 'utf16le').swap16()]);
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
