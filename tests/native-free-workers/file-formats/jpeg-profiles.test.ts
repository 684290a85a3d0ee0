import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withFirstProfile } from '../../../native-free-workers/file-formats/jpeg-profiles.js';
import { withJpegSegments } from '../../support/bombs.js';
import { scene } from '../../support/photographs.js';
import { app2 } from '../../support/profiles.js';

const jpeg = await scene(1, 64, 48).jpeg().toBuffer();
const profile = (letter: string, part: number, parts: number) => app2(Buffer.alloc(40, letter), part, parts);
const withProfiles = (...segments: Buffer[]) => withJpegSegments(jpeg, 0xe2, segments);

describe('withFirstProfile', () => {
  it('keeps a file with one profile, in any number of parts', () => {
    for (const file of [jpeg, withProfiles(profile('a', 1, 1)), withProfiles(profile('a', 1, 2), profile('b', 2, 2))]) {
      expect(withFirstProfile(file)).toBe(file);
    }
  });

  it('removes later segments with the same number', () => {
    const twice = withProfiles(
      profile('a', 1, 2),
      profile('b', 1, 2),
      profile('c', 2, 2),
      profile('d', 2, 2),
      profile('e', 1, 1),
    );
    expect(withFirstProfile(twice)).toEqual(withProfiles(profile('a', 1, 2), profile('c', 2, 2)));
  });

  it('keeps other segments with the same marker', () => {
    const other = Buffer.alloc(40, 'MPF');
    const file = withProfiles(other, profile('a', 1, 1), other);
    expect(withFirstProfile(file)).toBe(file);
  });

  it('finds a profile after fill bytes and other stray bytes', () => {
    const first = withProfiles(profile('a', 1, 1));
    const second = withProfiles(profile('b', 1, 1)).subarray(2, -jpeg.length + 2);
    for (const between of ['ff', 'ffffff', '00', '1234ff00', 'ff01', 'ffd3']) {
      const [before, rest] = [first.subarray(0, 2 + second.length), first.subarray(2 + second.length)];
      const file = Buffer.concat([before, Buffer.from(between, 'hex'), second, rest]);
      expect(Buffer.from(withFirstProfile(file)).includes('bbbb'), between).toBe(false);
    }
  });

  it('ends on any bytes and never adds bytes', () => {
    const twice = withProfiles(profile('a', 1, 1), profile('b', 1, 1));
    fc.assert(
      fc.property(fc.nat(twice.length), fc.nat(200), fc.nat(255), (length, at, value) => {
        const bytes = Buffer.from(twice.subarray(0, length));
        if (at < length) bytes[at] = value;
        expect(withFirstProfile(bytes).length).toBeLessThanOrEqual(length);
      }),
    );
  });
});
