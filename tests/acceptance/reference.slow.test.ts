import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { describeWithReference, referenceFile, referenceFiles } from '../support/reference.js';
import { useService } from '../support/use-service.js';

const folder = 'pdq/images';
const read = (file: string) => readFileSync(referenceFile(`${folder}/${file}`));
const filesIn = (name: string) => referenceFiles(`${folder}/${name}`).map((file) => file.slice(folder.length + 1));
const edits = filesIn('bridge-mods').filter((file) => !file.endsWith('aaa-orig.jpg'));
const labelme = filesIn('reg-test-input/labelme-subset');
/** Of quality 3 and 4; matching needs 50. */
const tooFlat = ['q0003.jpg', 'q0004.jpg'].map((file) => `reg-test-input/labelme-subset/${file}`);

describeWithReference('the photograph bridge-mods/aaa-orig.jpg of the PDQ reference, enrolled', () => {
  const on = useService();
  let bridge = '';

  beforeAll(async () => {
    bridge = (await on.client.enrol(read('bridge-mods/aaa-orig.jpg'))).id;
  });

  it('comes with eleven edits', () => {
    expect(edits).toHaveLength(11);
  });

  it.each(edits)('matches its edit %s', async (file) => {
    const { verdict, matches } = await on.client.match(read(file));
    expect(verdict).toBe('remove');
    expect(matches).toMatchObject([{ entry: bridge, algorithm: 'pdq', orientation: 'identity' }]);
    expect(matches[0]?.distance).toBeLessThanOrEqual(31);
  });

  it.each(['misc-images/c.png', 'reg-test-input/pen-and-coaster.png', ...labelme.filter((file) => !tooFlat.includes(file))])(
    'does not match %s',
    async (file) => {
      const verdict = await on.client.match(read(file), 'application/octet-stream');
      expect(verdict).toMatchObject({ verdict: 'no_known_match', matches: [] });
    },
  );

  it.each(tooFlat)('does not match %s, which is too flat', async (file) => {
    const verdict = await on.client.match(read(file), 'application/octet-stream');
    expect(verdict).toMatchObject({ verdict: 'unscannable', reason: 'flat', matches: [] });
  });
});

describeWithReference('the turned bridges of the PDQ reference', () => {
  const on = useService();

  it.each([
    ['bridge-2-rotate-90.jpg', 'rotate90'],
    ['bridge-3-rotate-180.jpg', 'rotate180'],
    ['bridge-4-rotate-270.jpg', 'rotate270'],
    ['bridge-5-flipx.jpg', 'flip_x'],
    ['bridge-6-flipy.jpg', 'flip_y'],
    ['bridge-7-flip-plus-1.jpg', 'flip_plus1'],
    ['bridge-8-flip-minus-1.jpg', 'flip_minus1'],
  ])('%s is the original turned by %s', async (file, orientation) => {
    const { id } = await on.client.enrol(read('reg-test-input/dih/bridge-1-original.jpg'));
    const { matches } = await on.client.match(read(`reg-test-input/dih/${file}`));
    expect(matches).toMatchObject([{ entry: id, algorithm: 'pdq', orientation }]);
  });
});

describeWithReference('the modes of the PDQ reference', () => {
  const on = useService();

  it.each(filesIn('misc-images/modes'))('%s is the original', async (file) => {
    const { id } = await on.client.enrol(read('misc-images/modes/original.jpg'));
    const { verdict, matches } = await on.client.match(read(file), 'application/octet-stream');
    expect(verdict).toBe('remove');
    expect(matches).toMatchObject([{ entry: id, orientation: 'identity' }]);
  });
});

describeWithReference('the EXIF rotations of the PDQ reference', () => {
  const on = useService();

  it.each(filesIn('reg-test-input/exif-rotn'))('%s is found upright in a copy without EXIF', async (file) => {
    const { id } = await on.client.enrol(read(file));
    const upright = await sharp(read(file)).autoOrient().jpeg({ quality: 85 }).toBuffer();
    expect((await sharp(upright).metadata()).orientation).toBeUndefined();
    expect((await on.client.match(upright)).matches).toMatchObject([{ entry: id, algorithm: 'pdq', orientation: 'identity' }]);
  });
});
