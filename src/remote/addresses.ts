/** Which addresses Vigie connects to when a URL says where. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;
type Range = ReturnType<typeof ipaddr.parseCIDR>;

/** Of IPv6 only this part is given to networks of the Internet. It leaves out what `range()` calls unicast, such as `::127.0.0.1`. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');
/** Services of clouds that give out secrets of a machine. The first looks public; a range that holds another may be permitted. */
const secretServices: ReadonlySet<string> = new Set([
  '168.63.129.16', // Azure
  '100.100.100.200', // Alibaba
  '192.0.0.192', // Oracle
  'fd00:ec2::254', // Amazon
  'fd20:ce::254', // Google
]);

export class AddressRule {
  private readonly privateRanges: readonly Range[];

  /** @param privateRanges in CIDR notation, permitted although they are not public */
  constructor(privateRanges: readonly string[] = []) {
    this.privateRanges = privateRanges.map((range) => ipaddr.parseCIDR(range));
  }

  permits(text: string): boolean {
    // Excludes zones and unusual spellings, which an address from a resolver or a parsed URL never has.
    if (isIP(text) === 0 || text.includes('%')) return false;
    const address = ipaddr.parse(text);
    // Link-local addresses are those of such services as well, and of nothing that keeps images.
    if (secretServices.has(address.toString()) || address.range() === 'linkLocal') return false;
    return isPublic(address) || this.privateRanges.some((range) => isIn(address, range));
  }
}

export function isRange(text: string): boolean {
  return ipaddr.isValidCIDR(text) && isIP(text.split('/')[0] ?? '') !== 0;
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return !('parts' in address) || (isIn(address, globalUnicast) && !isTunnel(address.parts));
}

/** ISATAP: the second half of the address holds an IPv4 address. */
function isTunnel([, , , , flags = 0, protocol]: readonly number[]): boolean {
  return (flags & ~0x0200) === 0 && protocol === 0x5efe;
}

function isIn(address: Address, range: Range): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}
