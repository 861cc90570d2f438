import ipaddr from 'ipaddr.js';

/** Of IPv6 only this is given out to hosts that anybody may reach. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is one of the public internet: neither of this machine or a private network, nor one that leads there by
 * another spelling (IPv4 in IPv6, 6to4, NAT64, Teredo), nor reserved.
 */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  if (address?.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST);
}

/** A range of addresses, as operators write it: `10.20.0.0/16`, `fd00::/8`, or one address. */
export type AddressRange = ReturnType<typeof ipaddr.parseCIDR>;

/** Undefined where it is none. */
export function parseRange(text: string): AddressRange | undefined {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = parseAddress(text);
  return address && [address, address.kind() === 'ipv4' ? 32 : 128];
}

export function isInRange(text: string, range: AddressRange): boolean {
  const address = parseAddress(text);
  return address?.kind() === range[0].kind() && address.match(range);
}

/** IPv4 that is written as IPv6 (`::ffff:127.0.0.1`) is what it says. */
function parseAddress(text: string) {
  // Spellings such as 0x7f.1 are the business of URL, which has one for each.
  const isPlain = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  return isPlain ? ipaddr.process(text) : undefined;
}
