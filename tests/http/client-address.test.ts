import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { ClientAddresses } from '../../src/http/client-address.js';

const requestFrom = (remoteAddress: string | undefined, forwarded?: string) =>
  ({ raw: { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } } }) as unknown as Pick<FastifyRequest, 'raw'>;
const proxies = ['10.0.0.0/8', 'fd00::/8'];
const silent = { warn() {} };
const addresses = new ClientAddresses(proxies, silent);

describe('the address of a client', () => {
  it.each<[what: string, remote: string | undefined, forwarded: string | undefined, address: string]>([
    ['is that of the connection without a proxy', '198.51.100.7', '203.0.113.9', '198.51.100.7'],
    ['is the last one that a proxy wrote', '10.0.0.1', '192.0.2.66, 203.0.113.9', '203.0.113.9'],
    ['is behind all trusted proxies', '10.0.0.1', '203.0.113.9, 10.1.1.1', '203.0.113.9'],
    ['is that of the proxy without a header', '10.0.0.1', undefined, '10.0.0.1'],
    ['ignores what is no address', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['may have a port', '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
    ['may be IPv4 in IPv6', '::ffff:198.51.100.7', undefined, '198.51.100.7'],
    ['may be missing', undefined, undefined, 'unknown'],
  ])('%s', (_, remote, forwarded, address) => {
    expect(addresses.of(requestFrom(remote, forwarded))).toBe(address);
  });

  it('is one for all addresses of an IPv6 network', () => {
    const of = (forwarded: string) => addresses.of(requestFrom('fd00::1', forwarded));
    expect(of('[2001:db8:1:2::3]:443')).toBe(of('2001:db8:1:2:ffff::4'));
    expect(of('2001:db8:1:2::3')).not.toBe(of('2001:db8:1:3::3'));
  });

  it('that comes through a proxy without trust is told to the operator once, and a client that sends the header is not', () => {
    const warned: unknown[] = [];
    const without = new ClientAddresses([], { warn: (...line: unknown[]) => void warned.push(line) });
    without.of(requestFrom('198.51.100.7', '203.0.113.9'));
    for (let time = 0; time < 2; time++) expect(without.of(requestFrom('10.0.0.1', '203.0.113.9'))).toBe('10.0.0.1');
    expect(warned).toEqual([[{ proxy: '10.0.0.1' }, expect.stringContaining('VIGIE_TRUSTED_PROXIES')]]);
  });
});
