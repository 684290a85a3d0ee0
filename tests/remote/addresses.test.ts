import { describe, expect, it } from 'vitest';
import { AddressRule, isRange } from '../../src/remote/addresses.js';

const rule = new AddressRule();

describe('AddressRule', () => {
  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1:248:1893:25c8:1946', '2a00:1450:4001:800::200e'])(
    'permits %s',
    (address) => {
      expect(rule.permits(address)).toBe(true);
    },
  );

  it.each([
    ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
    ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1', 'fec0::1']],
    ['link-local', ['169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'febf::1']],
    ['metadata', ['169.254.169.254', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd20:ce::254']],
    ['carrier-grade NAT', ['100.64.0.1', '100.127.255.255']],
    ['multicast and broadcast', ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1']],
    [
      'reserved and documentation',
      ['192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '240.0.0.1', '2001:db8::1', '3fff::1'],
    ],
    ['IPv4-mapped', ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:93.184.216.34']],
    ['IPv4-compatible', ['::127.0.0.1', '::7f00:1', '::a9fe:a9fe']],
    ['translated', ['64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::a00:1', '::ffff:0:7f00:1']],
    [
      'tunnelled',
      ['2002:7f00:1::', '2002:a00:1::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2a00::5efe:a00:1', '2a00::200:5efe:a00:1'],
    ],
    ['not given to anybody', ['4000::1', '100::1', '5f00::1']],
    ['unusual spellings', ['0x7f.1', '2130706433', '127.1', '0177.0.0.1', 'localhost', '', '1.2.3.4.5', '[::1]']],
  ])('refuses addresses that are %s', (_what, addresses) => {
    expect(addresses.filter((address) => rule.permits(address))).toEqual([]);
  });

  it('permits the private ranges that it is given, and no others', () => {
    const closed = new AddressRule(['10.20.0.0/16', 'fd12:3456::/32']);
    expect(['10.20.1.1', 'fd12:3456::7', '8.8.8.8'].every((address) => closed.permits(address))).toBe(true);
    expect(['10.21.0.1', 'fd12:3457::7', '::ffff:10.20.1.1', '127.0.0.1'].some((address) => closed.permits(address))).toBe(false);
  });

  it('never permits the services that give out secrets of a machine', () => {
    const all = new AddressRule(['0.0.0.0/0', '::/0']);
    const secret = [
      ...['169.254.169.254', '169.254.170.2', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fe80::a9fe:a9fe'],
      ...['fd00:ec2::254', 'fd00:ec2::23', 'fd00:c1::a9fe:a9fe', 'fd00:42::42', 'fd20:ce::254'],
      ...['::ffff:169.254.169.254', '::169.254.169.254', '64:ff9b::a9fe:a9fe', '64:ff9b:1::a83f:8110', '::ffff:0:a9fe:a9fe'],
      ...['2002:a9fe:a9fe::1', '2001:0:4136:e378:8000:63bf:5601:5601', 'fd12::5efe:a9fe:a9fe'],
    ];
    expect(secret.filter((address) => all.permits(address))).toEqual([]);
    expect(['127.0.0.1', 'fd00::1'].every((address) => all.permits(address))).toBe(true);
  });
});

describe('isRange', () => {
  it('takes addresses with a length of prefix only', () => {
    expect(['10.0.0.0/8', 'fd00::/8', '127.0.0.1/32'].every(isRange)).toBe(true);
    expect(['10.0.0.0', '10/8', '10.0.0.0/33', 'example.org/8', ''].some(isRange)).toBe(false);
  });
});
