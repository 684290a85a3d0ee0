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
 * Cut between two scans, a progressive JPEG is a coarser picture, as viewers show it. Without subsampling (our CMYK), libjpeg
 * does not notice that the last row of blocks is missing, here a third of the image.
 */
const lenient = ['progressive jpeg', 'cmyk jpeg'];

describe.each(await everyFlavour(3, 20, 16))('a $name', ({ name, bytes }) => {
  const isCmyk = name === 'cmyk jpeg';
  const file = isCmyk ? withoutJpegSegments(bytes, 0xe2) : bytes;
  // 2.5 ms per cut, and 30 with a conversion from CMYK: fuzz:images cuts in all other places.
  const step = isCmyk ? 25 : 3;
  const fine = isCmyk ? 0 : 40;

  it('cut anywhere is refused, unchanged, or hashed and said to be truncated', async () => {
    const whole = await imaging.hash(file);
    const lengths = [...file.keys()].filter((at) => at % step === 0 || at < fine || at > file.length - fine);
    const answers = await Promise.all(lengths.map((length) => imaging.hash(file.subarray(0, length))));
    const isRight = (answer: ImagingResult): boolean =>
      isRefused(answer) ||
      ('truncated' in answer && answer.truncated) ||
      isDeepStrictEqual(answer, whole) ||
      (lenient.includes(name) && 'pdq' in answer && answer.width === 20);
    expect(answers.flatMap((answer, at) => (isRight(answer) ? [] : [{ length: lengths[at], answer }]))).toEqual([]);
    expect(imaging.stats().restarts).toBe(0);
  });
});
