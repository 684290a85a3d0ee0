import { describe, expect, it } from 'vitest';
import { parseMultipart } from '../../src/http/multipart.js';

const boundary = 'b0undary';
const type = `multipart/form-data; boundary=${boundary}`;
const part = (disposition: string, content: string | Buffer) =>
  Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
const end = Buffer.from(`--${boundary}--\r\n`);
const file = (content: string | Buffer, name = 'image') => part(`name="${name}"; filename="x.jpg"`, content);
const field = (name: string, value: string) => part(`name="${name}"`, value);
const read = (...parts: readonly Buffer[]) => parseMultipart(Buffer.concat([...parts, end]), type);
const partWith = (headers: string, content: string | Buffer) =>
  Buffer.concat([Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')]);
const disposition = 'Content-Disposition: form-data; name="image"';
const jpegBytes = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]);

describe('parseMultipart', () => {
  it('reads the image and the fields in any order', () => {
    const image = Buffer.from([0xff, 0xd8, 0, 13, 10, 45, 45]);
    for (const parts of [
      [file(image), field('entry', '{"é":1}')],
      [field('entry', '{"é":1}'), file(image)],
    ]) {
      const form = read(...parts);
      expect([form.image, form.fields.get('entry')]).toEqual([image, '{"é":1}']);
    }
  });

  it('reads an image of several megabytes', () => {
    const image = Buffer.alloc(5_000_000, 'abc\r\n--');
    expect(read(file(image)).image?.equals(image)).toBe(true);
  });

  it('has no image if none was sent', () => {
    expect(read(field('entry', '{}')).image).toBeUndefined();
  });

  it('distinguishes an empty image from no image', () => {
    expect(read(file('')).image?.length).toBe(0);
  });

  it.each([
    ['a Content-Type of an image', `${disposition}\r\nContent-Type: image/jpeg`],
    ['a Content-Type of bytes', `${disposition}\r\nContent-Type: application/octet-stream`],
    ['no other header', disposition],
    ['an encoded file name', `${disposition}; filename*=UTF-8''%e2%82%ac.jpg`],
    ['a name without quotes', 'content-disposition: FORM-DATA; NAME=image'],
    ['a header on two lines', 'Content-Disposition: form-data;\r\n name="image"'],
    ['encoding binary', `${disposition}\r\nContent-Transfer-Encoding: BINARY`],
    ['encoding 8bit', `${disposition}; filename="x"\r\nContent-Transfer-Encoding: 8bit`],
  ])('takes the bytes of an image with %s', (_, headers) => {
    expect(read(partWith(headers, jpegBytes)).image).toEqual(jpegBytes);
  });

  it.each([
    ['text before the first part', Buffer.from('a preamble\r\n'), type, Buffer.alloc(0)],
    ['text after the last part', Buffer.alloc(0), type, Buffer.from('an epilogue')],
    ['a boundary in quotes', Buffer.alloc(0), `Multipart/Form-Data; charset=utf-8; Boundary="${boundary}"`, Buffer.alloc(0)],
  ])('reads a form with %s', (_, before, contentType, after) => {
    expect(parseMultipart(Buffer.concat([before, file('x'), end, after]), contentType).image?.toString()).toBe('x');
  });

  it('takes a line that only begins like the boundary as part of the image', () => {
    const image = `a\r\n--${boundary}y\r\nb`;
    expect(read(file(image)).image?.toString()).toBe(image);
  });

  it.each([
    ['base64', 'Content-Transfer-Encoding: base64'],
    ['quoted-printable', 'content-transfer-encoding: Quoted-Printable'],
    ['x-uuencode', 'Content-Transfer-Encoding: x-uuencode'],
    ['gzip', 'Content-Encoding: gzip'],
  ])('refuses an image in %s', (encoding, header) => {
    expect(() => read(partWith(`${disposition}; filename="x.jpg"\r\n${header}`, 'AAAA'))).toThrow(
      expect.objectContaining({ code: 'unsupported_media_type', detail: expect.stringMatching(new RegExp(encoding, 'i')) }),
    );
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a file of another name', () => read(file('x', 'photo')), /photo: unknown file; send one file named "image"/],
    ['two files', () => read(file('x'), file('y')), /image: send one file/],
    [
      'too many fields',
      () => read(...Array.from({ length: 9 }, (_, at) => field(`f${at}`, ''))),
      /body: has more than 8 fields, the limit/,
    ],
    [
      'a field over 64 KiB',
      () => read(field('entry', 'x'.repeat(65_537))),
      /entry: the field has more than 65536 bytes, the limit/,
    ],
    ['text in place of an image', () => read(field('image', 'aGVsbG8=')), /image: is text; send the bytes of the image/],
    ['a field that is not UTF-8', () => read(part('name="entry"', jpegBytes)), /entry: the field must be UTF-8/],
    ...[1, 40_000, 200_000].flatMap((size): [string, () => unknown, RegExp][] => [
      [
        `a part of ${size} bytes without a disposition`,
        () => read(partWith('Content-Type: image/jpeg', 'A'.repeat(size))),
        /form-data/,
      ],
      [`an attachment of ${size} bytes`, () => read(partWith('Content-Disposition: attachment', 'A'.repeat(size))), /form-data/],
      [`a part of ${size} bytes without a name`, () => read(part('filename="x.jpg"', 'A'.repeat(size))), /name=/],
      [`a part of ${size} bytes without headers`, () => read(partWith('', 'A'.repeat(size))), /form-data/],
      [`a part of ${size} bytes of headers`, () => read(Buffer.from(`--${boundary}\r\n${'A'.repeat(size)}\r\n`)), /malformed/],
    ]),
    ['two dispositions', () => read(partWith(`${disposition}\r\n${disposition}`, 'x')), /malformed/],
    [
      'a boundary of 71 characters',
      () => parseMultipart(file('x'), `multipart/form-data; boundary=${'b'.repeat(71)}`),
      /boundary/,
    ],
    ['no boundary', () => parseMultipart(Buffer.from('x'), 'multipart/form-data'), /must name a boundary/],
    ['an empty body', () => parseMultipart(Buffer.alloc(0), type), /malformed/],
    ['a body that is not a form', () => parseMultipart(Buffer.from('hello'), type), /malformed/],
    ['a form that ends inside a file', () => parseMultipart(file('half an im').subarray(0, -8), type), /malformed/],
    ['a form that ends inside a field', () => parseMultipart(field('entry', '{"half').subarray(0, -4), type), /malformed/],
    ['a form that ends after a part', () => parseMultipart(file('x'), type), /malformed/],
    ['a form that ends inside a header', () => parseMultipart(file('x').subarray(0, 30), type), /malformed/],
  ])('refuses %s', (_, attempt, message) => {
    expect(attempt).toThrow(expect.objectContaining({ code: 'bad_request', detail: expect.stringMatching(message) }));
  });

  it('refuses a form wherever it is cut off', () => {
    const whole = Buffer.concat([field('entry', '{"list":"known"}'), file('the bytes of an image'), end]);
    for (let length = 0; length < whole.length - 2; length++) {
      expect(() => parseMultipart(whole.subarray(0, length), type), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'bad_request' }),
      );
    }
  });

  it('takes little time for a body that looks like boundaries', () => {
    const boundaryOfDashes = '-'.repeat(70);
    const body = Buffer.alloc(20 * 1024 * 1024, `\r\n${'-'.repeat(71)}`);
    const startedAt = performance.now();
    expect(() => parseMultipart(body, `multipart/form-data; boundary=${boundaryOfDashes}`)).toThrow();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
