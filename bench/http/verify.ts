import { z } from 'zod';
import { hashRequests } from './hash-requests.js';
import { editedTestImage } from './photographs.js';
import type { ImageSet } from './scenarios.js';
import type { Service } from './service.js';

const answer = z.looseObject({
  verdict: z.string(),
  matches: z.array(z.looseObject({ list: z.string(), distance: z.number() })),
});
const triedQueries = 100;

export async function verify(service: Service, images: readonly ImageSet[]): Promise<void> {
  await expectVerdict(service, await editedTestImage(), 'test_match', 'a copy of the test image');
  for (const { files } of images) {
    for (const file of files) await expectVerdict(service, file, 'no_known_match', 'an unknown photograph');
  }
  const { single, queries } = hashRequests(service.known);
  for (const [at, { isKnown }] of queries.slice(0, triedQueries).entries()) {
    await expectVerdict(service, single[at] ?? '', isKnown ? 'remove' : 'no_known_match', `hash query ${at}`);
  }
  for (const { pdq, isKnown } of queries.slice(0, triedQueries)) {
    const { matches } = rawLookup.parse(await lookup(service, `/m/raw_lookup?signal_type=pdq&signal=${pdq}`));
    const banks = Object.keys(z.looseObject({}).parse(await lookup(service, `/m/lookup?signal_type=pdq&signal=${pdq}`)));
    if (matches.length > 0 !== isKnown || banks.length > 0 !== isKnown)
      throw new Error(
        `HMA lookup of ${isKnown ? 'a known' : 'an unknown'} hash: ${matches.length} matches, ${banks.length} banks`,
      );
  }
}

const rawLookup = z.strictObject({ matches: z.array(z.number()) });

async function lookup({ url, key }: Service, path: string): Promise<unknown> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/**
 * Waits until the service has finished abandoned work of the last scenario, by sending an image through all its queues. Only an
 * image over 32 KiB enters the first queue (digests).
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
