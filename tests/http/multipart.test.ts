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

describe('parseMultipart', () => {
  it('reads the image and the fields in any order', async () => {
    const image = Buffer.from([0xff, 0xd8, 0, 13, 10, 45, 45]);
    for (const parts of [
      [file(image), field('entry', '{"é":1}')],
      [field('entry', '{"é":1}'), file(image)],
    ]) {
      const form = await read(...parts);
      expect([form.image, form.fields.get('entry')]).toEqual([image, '{"é":1}']);
    }
  });

  it('reads an image of several megabytes', async () => {
    const image = Buffer.alloc(5_000_000, 'abc\r\n--');
    expect((await read(file(image))).image?.equals(image)).toBe(true);
  });

  it('has no image if none was sent', async () => {
    expect((await read(field('entry', '{}'))).image).toBeUndefined();
  });

  it('distinguishes an empty image from no image', async () => {
    expect((await read(file(''))).image?.length).toBe(0);
  });

  it.each<[string, Promise<unknown> | (() => Promise<unknown>), RegExp]>([
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
    ['no boundary', () => parseMultipart(Buffer.from('x'), 'multipart/form-data'), /must name a boundary/],
    ['an empty body', () => parseMultipart(Buffer.alloc(0), type), /malformed/],
    ['a body that is not a form', () => parseMultipart(Buffer.from('hello'), type), /malformed/],
    ['a form that ends inside a file', () => parseMultipart(file('half an im').subarray(0, -8), type), /malformed/],
    ['a form that ends inside a field', () => parseMultipart(field('entry', '{"half').subarray(0, -4), type), /malformed/],
    ['a form that ends after a part', () => parseMultipart(file('x'), type), /malformed/],
    ['a form that ends inside a header', () => parseMultipart(file('x').subarray(0, 30), type), /malformed/],
  ])('refuses %s', async (_, attempt, message) => {
    const refused = typeof attempt === 'function' ? attempt() : attempt;
    await expect(refused).rejects.toMatchObject({ code: 'bad_request', detail: expect.stringMatching(message) });
  });

  it('settles wherever a form is cut off', async () => {
    const whole = Buffer.concat([field('entry', '{"list":"known"}'), file('the bytes of an image'), end]);
    for (let length = 0; length < whole.length - 2; length++) {
      const outcome = await parseMultipart(whole.subarray(0, length), type).then(
        ({ image }) => image?.toString(),
        ({ code }: { code?: string }) => code,
      );
      expect([length, outcome]).toEqual([length, expect.stringMatching(/^(bad_request|the bytes of an image)$/)]);
    }
  });
});
