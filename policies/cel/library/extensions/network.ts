import { isIP, isIPv4, isIPv6 } from 'node:net';
import { CidrSet, parseCidr } from '../../../../src/base/cidr.ts';
import { Lru } from '../../../../src/base/lru.ts';
import { OVER_BUDGET } from '../../../values/budget.ts';
import { Failure, failure } from '../../../values/failure.ts';
import type { Result, Value } from '../../../values/value.ts';
import { BOOL, STRING } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';

const NO_ADDRESS = failure('the text is not an IP address');
const NO_BLOCK = failure('the text is not a CIDR block, such as 10.0.0.0/8');

/** RFC 1918 and RFC 4193. */
const PRIVATE = new CidrSet(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']);

/** No address, with a zone or a prefix, is longer. */
const LONGEST = 100;
/** Units of the budget that an address takes, and a block that is not known yet. */
const ADDRESS_COST = 60;
const BLOCK_COST = 2000;

/** Of blocks that come out of requests. */
const blocks = new Lru<string, CidrSet | Failure>(500);

function isIn(address: string, block: CidrSet, caller: Caller): Result {
  if (!caller.spend(ADDRESS_COST)) return OVER_BUDGET;
  return address.length > LONGEST || isIP(address) === 0 ? NO_ADDRESS : block.has(address);
}

function isInRange(address: string, cidr: string, caller: Caller): Result {
  const block = blocks.get(cidr) ?? (caller.spend(BLOCK_COST) ? remember(cidr) : OVER_BUDGET);
  return block instanceof Failure ? block : isIn(address, block, caller);
}

function remember(cidr: string): CidrSet | Failure {
  const block = blockOf(cidr);
  if (cidr.length <= LONGEST) blocks.set(cidr, block);
  return block;
}

function blockOf(cidr: string): CidrSet | Failure {
  const isBlock = cidr.length <= LONGEST && cidr.includes('/') && parseCidr(cidr) !== null;
  return isBlock ? new CidrSet([cidr]) : NO_BLOCK;
}

function prepareInRange([address, cidr]: readonly (Value | undefined)[]): Run | Failure {
  if (typeof address === 'string' && isIP(address) === 0 && cidr === undefined) return NO_ADDRESS;
  if (typeof cidr !== 'string') return { arity: 2, fn: isInRange };
  const block = blockOf(cidr);
  if (block instanceof Failure) return block;
  return { arity: 2, fn: (address: string, _cidr: string, caller: Caller) => isIn(address, block, caller) };
}

function isA(name: string, test: (text: string) => boolean): Overload {
  const run = (text: string, caller: Caller): Result =>
    caller.spend(ADDRESS_COST) ? text.length <= LONGEST && test(text) : OVER_BUDGET;
  return fn(`net_${name}_string`, `net.${name}`, [STRING], BOOL, { arity: 1, fn: run });
}

const PRIVATE_RUN: Run = { arity: 1, fn: (address: string, caller: Caller) => isIn(address, PRIVATE, caller) };
const IN_RANGE: Run = { arity: 2, fn: isInRange };
const PREPARED = { prepare: prepareInRange };

/** Octelium's functions of addresses. */
export const NETWORK: readonly Overload[] = [
  isA('isIP', (text) => isIP(text) !== 0),
  isA('isIPv4', isIPv4),
  isA('isIPv6', isIPv6),
  fn('net_isPrivateIP_string', 'net.isPrivateIP', [STRING], BOOL, PRIVATE_RUN),
  fn('net_isIPInRange_string_string', 'net.isIPInRange', [STRING, STRING], BOOL, IN_RANGE, PREPARED),
];
