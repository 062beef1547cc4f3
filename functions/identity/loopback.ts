import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const MAPPED = '::ffff:';

/** An IPv4 address as a socket for both families shows it has a prefix. */
const unmapped = (address: string): string =>
  address.startsWith(MAPPED) && isIP(address.slice(MAPPED.length)) === 4
    ? address.slice(MAPPED.length)
    : address;

/** Whether an address is this machine's own. No address is not: nobody knows whose it is. */
export function isFromThisMachine(remoteAddress: string | undefined): boolean {
  if (remoteAddress === undefined) return false;
  const address = unmapped(remoteAddress);
  return loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a server that listens there can be reached from this machine alone. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || (isIP(host) !== 0 && isFromThisMachine(host));
