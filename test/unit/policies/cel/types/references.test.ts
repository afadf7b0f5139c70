import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Environment } from '../../../../../policies/cel/environment.ts';
import { checked } from './checked.ts';

/** What the nodes stand for, in the order in which they are found out. */
function references(source: string, more: Partial<Environment> = {}): string[] {
  return Array.from(checked(source, more).references.values(), (one) =>
    one.kind === 'name' ? one.name : one.overloads.map(({ id }) => id).join(' '),
  );
}

test('names are told in full', () => {
  assert.deepEqual(references('x', { container: 'ns.inner' }), ['ns.x']);
  assert.deepEqual(references('.x', { container: 'ns' }), ['x']);
  assert.deepEqual(references('a.b'), ['a.b']);
  assert.deepEqual(references('int'), ['int']);
});

test('calls have the forms that their arguments leave', () => {
  assert.deepEqual(references('size("a")'), ['size_string']);
  assert.deepEqual(references('"a".size()'), ['string_size']);
  assert.deepEqual(references('any + 1.5'), ['any', 'add_double']);
  assert.deepEqual(references('1 in any'), ['any', 'in_list in_map']);
  assert.deepEqual(references('scores.?total'), ['scores', 'select_optional_field']);
});
