/** Before anything is timed: does the service know what it must know, and nothing else? */
import { z } from 'zod';
import { editedTestImage } from './images.js';
import { hashRequests } from './requests.js';
import type { ImageSet } from './scenarios.js';
import type { Service } from './service.js';

const answer = z.looseObject({
  verdict: z.string(),
  matches: z.array(z.looseObject({ list: z.string(), distance: z.number() })),
});
/** Hash queries tried, one in 20 of them known. */
const tried = 100;

/** @throws Error naming the first wrong verdict. */
export async function verify(service: Service, images: readonly ImageSet[]): Promise<void> {
  await expectVerdict(service, await editedTestImage(), 'test_match', 'a copy of the test image');
  for (const { files } of images) {
    for (const file of files) await expectVerdict(service, file, 'no_known_match', 'an unknown photograph');
  }
  const { single, queries } = hashRequests(service.known);
  for (const [at, { isKnown }] of queries.slice(0, tried).entries()) {
    await expectVerdict(service, single[at] ?? '', isKnown ? 'remove' : 'no_known_match', `hash query ${at}`);
  }
}

/**
 * Resolves when the work that clients of the last scenario gave up is done: an image passes every queue of the service (digests, decoding,
 * search), and each is first come first served. Only one over 32 KiB passes the first of them.
 */
export async function settle(service: Service, images: readonly ImageSet[]): Promise<void> {
  const largest = images.at(-1)?.files[0];
  if (largest) await expectVerdict(service, largest, 'no_known_match', 'an unknown photograph');
}

async function expectVerdict(service: Service, body: string | Buffer, expected: string, what: string): Promise<void> {
  const type = typeof body === 'string' ? 'application/json' : 'image/jpeg';
  const response = await fetch(`${service.url}/v1/match`, {
    method: 'POST',
    headers: { authorization: `Bearer ${service.key}`, 'content-type': type },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${what}: ${response.status} ${text}`);
  const { verdict } = answer.parse(JSON.parse(text));
  if (verdict !== expected) throw new Error(`${what}: answered ${verdict}, expected ${expected}`);
}
