/** A small file of every flavour, cut behind each of its bytes. */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { type ImagingResult, startImaging } from '../../src/imaging/client.js';
import { withoutJpegSegments } from '../support/bombs.js';
import { everyFlavour } from '../support/formats.js';

const imaging = startImaging({ queueLimit: 10_000 });
afterAll(() => imaging.close());

const isRefused = (answer: ImagingResult): boolean =>
  'unscannable' in answer && ['not_an_image', 'truncated', 'unsupported_format'].includes(answer.unscannable);

/**
 * Cut between two scans, a progressive file is a whole one of a coarser picture, as viewers show it. And libjpeg complains of missing
 * bytes only at the next row of blocks: without subsampling (our CMYK) the last 8 lines can be missing unnoticed, which here is a third.
 */
const lenient = ['progressive jpeg', 'cmyk jpeg'];

describe.each(await everyFlavour(3, 16, 12))('a $name', ({ name, bytes }) => {
  const isCmyk = name === 'cmyk jpeg';
  const file = isCmyk ? withoutJpegSegments(bytes, 0xe2) : bytes;
  // Each conversion from CMYK takes 30 ms, however small the picture.
  const step = isCmyk ? 9 : 1;

  it('cut anywhere is refused, or is what it was before', async () => {
    const whole = await imaging.hash(file);
    const lengths = Array.from({ length: Math.ceil(file.length / step) }, (_, at) => at * step);
    const answers = await Promise.all(lengths.map((length) => imaging.hash(file.subarray(0, length))));
    const isRight = (answer: ImagingResult): boolean =>
      isRefused(answer) || isDeepStrictEqual(answer, whole) || (lenient.includes(name) && 'pdq' in answer && answer.width === 16);
    expect(answers.flatMap((answer, at) => (isRight(answer) ? [] : [{ length: lengths[at], answer }]))).toEqual([]);
    expect(imaging.stats().restarts).toBe(0);
  });
});
