import { assignAll, assignPath, listOf, memberOf, type PatchOp, type Setters } from './attributes.ts';
import { invalid } from './fault.ts';

export const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const OPS: ReadonlyMap<string, PatchOp> = new Map([
  ['add', 'add'],
  ['replace', 'replace'],
  ['remove', 'remove'],
]);
const MOST_OPERATIONS = 1000;

/** Carries out a PATCH body (RFC 7644 3.5.2) on a draft: all of its operations or, with a ScimFault, none that counts. */
export function patch<D>(draft: D, setters: Setters<D>, body: unknown): void {
  if (!listOf(memberOf(body, 'schemas')).includes(PATCH)) throw invalid('invalidSyntax', `the schema must be ${PATCH}`);
  const operations = memberOf(body, 'Operations');
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > MOST_OPERATIONS) {
    throw invalid('invalidSyntax', `"Operations" must be a list of 1 to ${MOST_OPERATIONS}`);
  }
  for (const operation of operations) carryOut(draft, setters, operation);
}

function carryOut<D>(draft: D, setters: Setters<D>, operation: unknown): void {
  const op = OPS.get(String(memberOf(operation, 'op')).toLowerCase());
  if (op === undefined) throw invalid('invalidSyntax', '"op" must be add, replace or remove');
  const path = memberOf(operation, 'path');
  const value = memberOf(operation, 'value');
  if (typeof path === 'string') assignPath(draft, setters, path, { op, value });
  else if (path === undefined && op !== 'remove') assignAll(draft, setters, op, value);
  else throw invalid('noTarget', 'the operation needs a path');
}
