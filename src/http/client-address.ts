import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.process>;
type Range = ReturnType<typeof ipaddr.parseCIDR>;

const ownNetwork: ReadonlySet<string> = new Set(['private', 'loopback', 'uniqueLocal']);

/** The addresses of clients, for limits. */
export class ClientAddresses {
  private readonly proxies: readonly Range[];
  private hasWarned = false;

  /** @param trusted ranges of proxies in CIDR notation */
  constructor(
    trusted: readonly string[],
    private readonly log: Pick<FastifyBaseLogger, 'warn'>,
  ) {
    this.proxies = trusted.map((range) => ipaddr.parseCIDR(range));
  }

  /**
   * Of IPv6 the network of 64 bits, because one client has all of its addresses.
   *
   * `X-Forwarded-For` counts only as far as trusted proxies wrote it: from its end up to the first address that is none of them.
   * Everything before that is what the client claims.
   */
  of({ raw }: Pick<FastifyRequest, 'raw'>): string {
    const header = [raw.headers['x-forwarded-for'] ?? []].flat().join(',');
    let address = addressIn(raw.socket.remoteAddress ?? '');
    if (!address) return 'unknown';
    if (header !== '' && !this.isProxy(address)) this.warn(address);
    for (const text of header.split(',').toReversed()) {
      if (!this.isProxy(address)) break;
      address = addressIn(text.trim()) ?? address;
    }
    return networkOf(address);
  }

  private isProxy(address: Address): boolean {
    return this.proxies.some((range) => address.kind() === range[0].kind() && address.match(range));
  }

  /** Once, and only for an address of the own network: another may be a client. */
  private warn(address: Address): void {
    if (this.hasWarned || !ownNetwork.has(address.range())) return;
    this.hasWarned = true;
    this.log.warn(
      { proxy: address.toString() },
      'X-Forwarded-For comes from a proxy that VIGIE_TRUSTED_PROXIES does not name: for the limits of cases, all of its clients are one',
    );
  }
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
