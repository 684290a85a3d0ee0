import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.process>;

/**
 * The address of the client for limits: of IPv6 the network of 64 bits, because one client has all of its addresses.
 *
 * `X-Forwarded-For` counts only as far as trusted proxies wrote it: from its end up to the first address that is none of them. Everything
 * before that is what the client claims.
 *
 * @param trusted ranges in CIDR notation
 */
export function clientAddress({ raw }: Pick<FastifyRequest, 'raw'>, trusted: readonly string[]): string {
  const ranges = trusted.map((range) => ipaddr.parseCIDR(range));
  const isProxy = (address: Address) => ranges.some((range) => address.kind() === range[0].kind() && address.match(range));
  const forwarded = [raw.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').toReversed();
  let address = addressIn(raw.socket.remoteAddress ?? '');
  for (const text of forwarded) {
    if (!address || !isProxy(address)) break;
    address = addressIn(text.trim()) ?? address;
  }
  return address ? networkOf(address) : 'unknown';
}

/** Some proxies add the port. */
function addressIn(text: string): Address | undefined {
  const plain = /^\[([^\]]+)\](:\d+)?$/.exec(text)?.[1] ?? text.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return ipaddr.isValid(plain) ? ipaddr.process(plain) : undefined;
}

function networkOf(address: Address): string {
  if (address.kind() === 'ipv4') return address.toString();
  return address.toByteArray().slice(0, 8).join('.');
}
