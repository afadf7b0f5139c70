import { isIP, isIPv4, isIPv6 } from 'node:net';
import { type CelFunc, CelScalar, celFunc } from '@bufbuild/cel';
import { CidrSet, parseCidr } from '../../../src/base/cidr.ts';
import { Lru } from '../../../src/base/lru.ts';

const { STRING, BOOL } = CelScalar;

/** RFC 1918 and RFC 4193. */
const PRIVATE = new CidrSet(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']);

const ranges = new Lru<string, CidrSet>(500);

export const NET_FUNCTIONS: readonly CelFunc[] = [
  celFunc('net.isIP', [STRING], BOOL, (text) => isIP(text) !== 0),
  celFunc('net.isIPv4', [STRING], BOOL, (text) => isIPv4(text)),
  celFunc('net.isIPv6', [STRING], BOOL, (text) => isIPv6(text)),
  celFunc('net.isPrivateIP', [STRING], BOOL, (ip) => PRIVATE.has(address(ip))),
  celFunc('net.isIPInRange', [STRING, STRING], BOOL, (ip, cidr) => range(cidr).has(address(ip))),
];

function address(text: string): string {
  if (isIP(text) === 0) throw new TypeError('the text is not an IP address');
  return text;
}

function range(cidr: string): CidrSet {
  const known = ranges.get(cidr);
  if (known !== undefined) return known;
  if (!cidr.includes('/') || parseCidr(cidr) === null)
    throw new TypeError('the text is not a CIDR block, such as 10.0.0.0/8');
  const fresh = new CidrSet([cidr]);
  ranges.set(cidr, fresh);
  return fresh;
}
