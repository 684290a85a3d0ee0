import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Algorithm } from '../../src/domain/algorithms/registry.js';
import type { Decision } from '../../src/exchanges/exchange.js';
import { ncmecExchange } from '../../src/exchanges/ncmec.js';
import { digest } from '../formats/reading.js';
import { NcmecServer } from '../support/exchange-servers/ncmec.js';
import { quickHttp } from './following.js';

let server: NcmecServer;
beforeAll(async () => {
  server = await NcmecServer.start();
});
afterAll(() => server.http.stop());
beforeEach(() => {
  server.reset();
  server.reasons = [
    { guid: 'aaaa-1', name: 'Not &lt;CSAM&gt;' },
    { guid: 'bbbb-2', name: 'Hash of another file' },
  ];
});

async function send(decision: Decision, options: Record<string, string> = {}, algorithm: Algorithm = 'md5'): Promise<void> {
  const access = { baseUrl: server.url, credentials: { username: 'vigie', password: 'secret' }, options };
  const feedback = { sourceId: '42-image-1/a', hash: { algorithm, hex: digest(1, 'md5'), quality: null }, decision };
  await ncmecExchange(quickHttp().http).sendFeedback?.(access, feedback, new AbortController().signal);
}

describe('feedback to NCMEC', () => {
  it('agrees with one fingerprint of an entry', async () => {
    await send('confirmed');
    expect(server.feedback).toHaveLength(1);
    expect(server.feedback[0]?.path).toBe('/industry/v2/entries/42/image-1%2Fa/MD5/feedback');
    expect(server.feedback[0]?.body).toContain('><affirmative/></feedbackSubmission>');
  });

  it.each([['Hash of another FILE'], ['bbbb-2']])(
    'disagrees for the reason that the option names: %s',
    async (negativeReason) => {
      await send('false_positive', { negativeReason }, 'photodna');
      expect(server.feedback[0]?.path).toMatch(/\/PDNA\/feedback$/);
      expect(server.feedback[0]?.body).toContain('<negative><reasonIds><guid>bbbb-2</guid></reasonIds></negative>');
    },
  );

  it('needs no option if there is only one reason', async () => {
    server.reasons = server.reasons.slice(0, 1);
    await send('false_positive');
    expect(server.feedback[0]?.body).toContain('aaaa-1');
  });

  it('does not choose a reason by itself', async () => {
    await expect(send('false_positive')).rejects.toThrow(
      'set the option "negativeReason" to one of "Not <CSAM>", "Hash of another file"',
    );
    expect(server.feedback).toEqual([]);
  });

  it('says nothing while a decision is pending, or about a kind that NCMEC does not take', async () => {
    await send('pending');
    await send('confirmed', {}, 'blockhash');
    expect(server.http.asked).toEqual([]);
  });
});
