/** The functions that Rego has of its host, as documented and as they are. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILTINS } from '../../../policies/rego/builtins/all.ts';
import { codesIn, tableUnder } from '../../support/markdown.ts';

const PAGE = join(import.meta.dirname, '../../../docs/rego.md');

test('every function that is supplied is documented, and there is every documented one', () => {
  const documented = tableUnder(PAGE, 'Functions').flatMap(([, cell]) => codesIn(cell ?? ''));
  assert.deepEqual(documented.sort(), [...BUILTINS.keys()].sort());
});
