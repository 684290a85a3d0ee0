/** Which addresses Vigie connects to when a URL says where. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;
type Range = ReturnType<typeof ipaddr.parseCIDR>;

/** Of IPv6 only this part is given to networks of the Internet. It leaves out what `range()` calls unicast, such as `::127.0.0.1`. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');
/** Services of clouds that give out secrets of a machine. The first looks public; a range that holds another may be permitted. */
const secretServices: readonly Range[] = [
  '168.63.129.16/32', // Azure
  '100.100.100.200/32', // Alibaba
  '192.0.0.192/32', // Oracle
  'fd00:ec2::/32', // Amazon
  'fd00:42::42/128', // Scaleway
  'fd20:ce::254/128', // Google
].map((range) => ipaddr.parseCIDR(range));

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
    if (isSecret(address)) return false;
    if (isPublic(address)) return true;
    // Mapped and translated addresses hold an IPv4 address.
    if (embedded(address).some(isSecret)) return false;
    return this.privateRanges.some((range) => isIn(address, range));
  }
}

export function isRange(text: string): boolean {
  return ipaddr.isValidCIDR(text) && isIP(text.split('/')[0] ?? '') !== 0;
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return !('parts' in address) || (isIn(address, globalUnicast) && !isTunnel(address.parts));
}

/** Link-local addresses are those of such services as well, and of nothing that keeps images. */
function isSecret(address: Address): boolean {
  return address.range() === 'linkLocal' || secretServices.some((range) => isIn(address, range));
}

/** The IPv4 addresses that an IPv6 address may stand for: at its end, or of 6to4 and Teredo. */
function embedded(address: Address): Address[] {
  if (!('parts' in address)) return [];
  const bytes = address.toByteArray();
  const last = bytes.slice(12);
  const held = [last, bytes.slice(2, 6), last.map((byte) => byte ^ 0xff)];
  return held.map((four) => ipaddr.fromByteArray(four));
}

/** ISATAP: the second half of the address holds an IPv4 address. */
function isTunnel([, , , , flags = 0, protocol]: readonly number[]): boolean {
  return (flags & ~0x0200) === 0 && protocol === 0x5efe;
}

function isIn(address: Address, range: Range): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}
