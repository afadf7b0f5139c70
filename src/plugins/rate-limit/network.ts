import { isIPv6 } from 'node:net';
import { unmapped } from '../../base/cidr.ts';

/** Groups of an IPv6 address that its network has; whoever has one address of it has all of them. */
const GROUPS = 4;

/** The address, of IPv6 the /64 that it is in, in one spelling. */
export function networkOf(address: string): string {
  const plain = unmapped(address);
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = (plain.split('%')[0] as string).toLowerCase().split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, GROUPS).join(':')}::/64`;
}

function groupsOf(text: string): string[] {
  if (text === '') return [];
  // The last four bytes may be written as IPv4: two groups, which no network of ours has.
  return text
    .split(':')
    .flatMap((group) => (group.includes('.') ? ['0', '0'] : [Number.parseInt(group, 16).toString(16)]));
}
