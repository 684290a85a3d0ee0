import { createHmac } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { verifyWebhook, WebhookError } from '../../src/client/index.js';

const secret = `whsec_${Buffer.from('a secret of 24 bytes....').toString('base64')}`;
const other = `whsec_${Buffer.from('another secret, 24 bytes').toString('base64')}`;
const now = Date.UTC(2026, 10, 29, 12);
const body = '{"type":"entry.withdrawn","entry":"ent_é"}';

function sign(content: string, by = secret): string {
  const key = Buffer.from(by.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}

function headersAt(at: number, signature?: string) {
  const timestamp = String(Math.floor(at / 1000));
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': timestamp,
    'webhook-signature': signature ?? sign(`msg_1.${timestamp}.${body}`),
  };
}

describe('verifyWebhook', () => {
  it('verifies the example of Standard Webhooks', async () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const verified = await verifyWebhook(headers, '{"test": 2432232314}', ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], {
      now: 1614265330_000,
    });
    expect(verified).toEqual({
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      sentAt: new Date(1614265330_000),
      payload: { test: 2432232314 },
    });
  });

  it.each([
    ['a text', body],
    ['bytes', new TextEncoder().encode(body)],
  ])('takes the body as %s', async (_what, raw) => {
    expect((await verifyWebhook(headersAt(now), raw, [secret], { now })).payload).toEqual(JSON.parse(body));
  });

  it.each([
    ['Headers', new Headers(headersAt(now))],
    ['Headers of another package', { get: (name: string) => new Headers(headersAt(now)).get(name) } as unknown as Headers],
    [
      'names in another case',
      Object.fromEntries(Object.entries(headersAt(now)).map(([name, value]) => [name.toUpperCase(), value])),
    ],
    ['lists of values', Object.fromEntries(Object.entries(headersAt(now)).map(([name, value]) => [name, [value]]))],
  ])('takes headers as %s', async (_what, headers) => {
    expect((await verifyWebhook(headers, body, [secret], { now })).id).toBe('msg_1');
  });

  it('accepts the old and the new secret while a secret changes, on either side', async () => {
    const content = `msg_1.${now / 1000}.${body}`;
    await verifyWebhook(headersAt(now, sign(content, other)), body, [secret, other], { now });
    await verifyWebhook(headersAt(now, `v2,abc ${sign(content, other)} ${sign(content)}`), body, [secret], { now });
  });

  it.each([
    ['another body', headersAt(now), `${body} `, /no signature fits/],
    ['another secret', headersAt(now, sign(`msg_1.${now / 1000}.${body}`, other)), body, /no signature fits/],
    ['another id', { ...headersAt(now), 'webhook-id': 'msg_2' }, body, /no signature fits/],
    ['a signature of another length', headersAt(now, 'v1,AAAA'), body, /no signature fits/],
    ['a signature that is no base64', headersAt(now, 'v1,?'), body, /no signature fits/],
    ['only signatures of another version', headersAt(now, 'v1a,AAAA'), body, /no signature fits/],
    ['a delivery of six minutes ago', headersAt(now - 360_000), body, /360 s off this clock/],
    ['a delivery from six minutes ahead', headersAt(now + 360_000), body, /360 s off this clock/],
    ['a time that is none', { ...headersAt(now), 'webhook-timestamp': 'now' }, body, /webhook-timestamp: must be/],
    ['no signature', { ...headersAt(now), 'webhook-signature': undefined }, body, /webhook-signature is missing/],
    ['no id', { ...headersAt(now), 'webhook-id': '' }, body, /webhook-id is missing/],
  ])('refuses %s', async (_what, headers, raw, message) => {
    const refused = verifyWebhook(headers, raw, [secret], { now });
    await expect(refused).rejects.toThrow(WebhookError);
    await expect(refused).rejects.toThrow(message);
  });

  it('computes one HMAC per secret, however many signatures a stranger sends', async () => {
    const sign = vi.spyOn(crypto.subtle, 'sign');
    const verify = vi.spyOn(crypto.subtle, 'verify');
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const headers = headersAt(now, Array.from({ length: 2_000 }, () => 'v1,AA').join(' '));
    await expect(verifyWebhook(headers, body, [secret, other], { now })).rejects.toThrow(/no signature fits/);
    expect([sign.mock.calls.length, verify.mock.calls.length]).toEqual([2, 0]);
  });

  it.each([[undefined], [{ type: 'entry.withdrawn' }], [new ArrayBuffer(2)]])('refuses to work with the body %j', async (raw) => {
    // As a caller without types would.
    const wrong = raw as unknown as string;
    await expect(verifyWebhook(headersAt(now), wrong, [secret], { now })).rejects.toThrow(/^rawBody: /);
  });

  it.each([{ now: Number.NaN }, { toleranceMs: Number.NaN }])('refuses everything when it is told %j', async (options) => {
    await expect(verifyWebhook(headersAt(now), body, [secret], { now, ...options })).rejects.toThrow(WebhookError);
  });

  it.each(['', '-1', '1e3', 'NaN', '9'.repeat(13), ' 1'])('refuses the time %j, although it is signed', async (timestamp) => {
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': timestamp,
      'webhook-signature': sign(`msg_1.${timestamp}.${body}`),
    };
    await expect(verifyWebhook(headers, body, [secret], { now: 1_000 })).rejects.toThrow(/webhook-timestamp/);
  });

  it('refuses a body that is signed and not JSON', async () => {
    const headers = headersAt(now, sign(`msg_1.${now / 1000}.text`));
    await expect(verifyWebhook(headers, 'text', [secret], { now })).rejects.toThrow(/not JSON/);
  });

  it.each([[[]], [['']], [['whsec_']], [['whsec_?']]])('refuses to work with the secrets %j', async (secrets) => {
    await expect(verifyWebhook(headersAt(now), body, secrets, { now })).rejects.toThrow(/^secrets: /);
  });
});
