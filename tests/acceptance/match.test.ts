import { createHash } from 'node:crypto';
import type { Sharp } from 'sharp';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { verdictSchema } from '../../src/http/schemas/verdict.js';
import { expectOk } from '../support/client.js';
import { photograph, scene } from '../support/images.js';
import { useService } from '../support/use-service.js';

/** The PDQ reference's rotate90 is counter-clockwise. */
const turns: readonly [orientation: string, turn: (image: Sharp) => Promise<Buffer>][] = [
  ['identity', (image) => image.jpeg().toBuffer()],
  ['rotate90', (image) => image.rotate(270).jpeg().toBuffer()],
  ['rotate180', (image) => image.rotate(180).jpeg().toBuffer()],
  ['rotate270', (image) => image.rotate(90).jpeg().toBuffer()],
  ['flip_x', (image) => image.flip().jpeg().toBuffer()],
  ['flip_y', (image) => image.flop().jpeg().toBuffer()],
  [
    'flip_plus1',
    async (image) =>
      sharp(await image.flop().png().toBuffer())
        .rotate(270)
        .jpeg()
        .toBuffer(),
  ],
  [
    'flip_minus1',
    async (image) =>
      sharp(await image.flop().png().toBuffer())
        .rotate(90)
        .jpeg()
        .toBuffer(),
  ],
];

function formWith(image: Uint8Array): FormData {
  const form = new FormData();
  form.set('image', new Blob([new Uint8Array(image)]), 'image');
  return form;
}

describe.each(['memory', 'pgvector'])('POST /v1/match with VIGIE_INDEX=%s', (engine) => {
  const on = useService({ env: { VIGIE_INDEX: engine } });

  it('finds a photograph saved again at quality 40', async () => {
    const entry = await on.client.enrol(await photograph(1));
    const copy = await (await scene(1)).jpeg({ quality: 40 }).toBuffer();
    expect(await on.client.match(copy)).toMatchObject({
      verdict: 'remove',
      reason: null,
      matches: [
        {
          entry: entry.id,
          list: 'known',
          class: 'ncii_adult',
          matchType: 'near',
          algorithm: 'pdq',
          variant: 'full',
          threshold: 31,
          corroborated: true,
          orientation: 'identity',
          action: 'remove',
        },
      ],
      removal: { action: 'remove', obligations: [], preserveUntil: null, reportTo: [] },
    });
  });

  it.each([
    ['a third of the size', (image: Sharp) => image.resize(213).jpeg()],
    ['twice the size, as PNG', (image: Sharp) => image.resize(1280).png()],
    ['brighter, as WebP', (image: Sharp) => image.modulate({ brightness: 1.1 }).webp({ quality: 60 })],
    ['squeezed to a square, as AVIF', (image: Sharp) => image.resize(300, 300, { fit: 'fill' }).avif({ effort: 0 })],
  ])('finds a photograph %s', async (_, edit) => {
    const entry = await on.client.enrol(await photograph(2));
    const verdict = await on.client.match(await edit(await scene(2)).toBuffer(), 'application/octet-stream');
    expect(verdict).toMatchObject({
      verdict: 'remove',
      matches: [{ entry: entry.id, algorithm: 'pdq', orientation: 'identity' }],
    });
  });

  it.each(turns)('names the orientation of a copy, corroborated by blockhash: %s', async (orientation, turn) => {
    const entry = await on.client.enrol(await photograph(3));
    const { matches } = await on.client.match(await turn(await scene(3)));
    expect(matches).toMatchObject([{ entry: entry.id, algorithm: 'pdq', orientation, corroborated: true }]);
    expect(matches[0]?.distance).toBeLessThanOrEqual(31);
  });

  it('gives the same verdict however the image is sent', async () => {
    const { client } = on;
    await client.enrol(await photograph(4));
    const image = await (await scene(4)).rotate(90).jpeg({ quality: 70 }).toBuffer();
    const { hashes } = await client.hash(image);
    const answers = [
      await client.match(image, 'image/jpeg'),
      await client.match(image, 'application/octet-stream'),
      expectOk(verdictSchema, await client.call('POST', '/v1/match', { body: formWith(image) })),
      await client.matchHashes(hashes),
    ];
    const verdicts = answers.map(({ verdict, reason, matches, removal, hashes: own }) => ({
      verdict,
      reason,
      matches,
      removal,
      own,
    }));
    expect(verdicts[0]).toMatchObject({ matches: [{ orientation: 'rotate270' }] });
    for (const verdict of verdicts) expect(verdict).toEqual(verdicts[0]);
    expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(answers.length);
  });

  it('finds the same file by its SHA-256', async () => {
    const image = await photograph(5);
    const entry = await on.client.enrol(image);
    const verdict = await on.client.match(image);
    expect(verdict).toMatchObject({
      verdict: 'remove',
      matches: [{ entry: entry.id, matchType: 'exact', algorithm: 'sha256', distance: 0, threshold: 0, corroborated: true }],
      hashes: { sha256: createHash('sha256').update(image).digest('hex') },
    });
    expect(verdict.matches).toHaveLength(1);
  });

  it('finds nothing for a photograph that was never enrolled', async () => {
    expect(await on.client.match(await photograph(6))).toMatchObject({
      verdict: 'no_known_match',
      reason: null,
      matches: [],
      removal: null,
    });
  });

  it('does not find a withdrawn entry', async () => {
    const image = await photograph(7);
    const entry = await on.client.enrol(image);
    expect((await on.client.match(image)).verdict).toBe('remove');
    await on.client.withdraw(entry.id);
    expect((await on.client.match(image)).verdict).toBe('no_known_match');
  });
});
