/** Which addresses Vigie connects to when a URL says where. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;
type Range = ReturnType<typeof ipaddr.parseCIDR>;

/** Of IPv6 only this part is given to networks of the Internet. It leaves out what `range()` calls unicast, such as `::127.0.0.1`. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');
/** Public by its number, but inside Azure the service that gives out secrets of a machine. */
const azureWireServer = '168.63.129.16';

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
    return isPublic(address) || this.privateRanges.some((range) => isIn(address, range));
  }
}

export function isRange(text: string): boolean {
  return ipaddr.isValidCIDR(text) && isIP(text.split('/')[0] ?? '') !== 0;
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || address.toString() === azureWireServer) return false;
  return !('parts' in address) || (isIn(address, globalUnicast) && !isTunnel(address.parts));
}

/** ISATAP: the second half of the address holds an IPv4 address. */
function isTunnel([, , , , flags = 0, protocol]: readonly number[]): boolean {
  return (flags & ~0x0200) === 0 && protocol === 0x5efe;
}

function isIn(address: Address, range: Range): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}
