import { describe, expect, it } from 'vitest';
import { roles } from '../../src/domain/key.js';
import { notAnImage } from '../support/bad-images.js';
import { entryForm } from '../support/client.js';
import { photograph, scene } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { useService } from '../support/use-service.js';

describe('the log', () => {
  const on = useService({ env: { VIGIE_LOG_LEVEL: 'debug' } });

  it('contains no key and no hash', async () => {
    const { client } = on;
    const [known, copy] = [await photograph(1), await (await scene(1)).webp().toBuffer()];
    const hashed = await Promise.all([known, copy, notAnImage].map((bytes) => client.hash(bytes)));
    await client.enrol(known);
    await client.match(copy);
    await client.match(notAnImage);
    await client.matchHashes(hashed[1]?.hashes);
    for (const role of roles) await client.as(role).call('GET', '/v1/entries');
    const unknown = `vig_nobody000000_${'6'.repeat(64)}`;
    await client.withKey(unknown).call('GET', '/v1/entries');
    await client.json('POST', '/v1/match', { hashes: { ...hashed[1]?.hashes, colour: 1 } });
    await client.as('flagger').call('POST', '/v1/entries', { body: entryForm(copy, { list: 'known' }) });
    await client.as('analyst').json('POST', '/v1/entries', { list: 'nowhere', hashes: hashed[1]?.hashes });
    expect(await on.service.stop()).toBe(0);

    const output = on.service.output();
    expect(output).toContain('listening');
    const values = hashed.flatMap(({ hashes: { pdq, blockhash, md5, sha1, sha256 } }) => [
      ...(pdq ?? []).map(({ value }) => value),
      ...(blockhash ? [blockhash] : []),
      ...[md5, sha1, sha256],
    ]);
    const secrets = [...roles.map((role) => keyOf(role).slice(-64)), '6'.repeat(64)];
    expect(values.length).toBeGreaterThan(20);
    for (const disclosure of [...values, ...secrets]) expect(output).not.toContain(disclosure.slice(0, 24));
  });
});
