import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { freeMap } from '../../../../policies/input/plain.ts';
import { inputProblems } from '../../../../policies/rego/compiler/known-input.ts';

const ATTRS = freeMap({ max: 3, limits: { most: 1 }, teams: ['ops'] });

/** What is said of a module that reads one path, which is written with dots. */
function problems(path: string, attrs: typeof ATTRS | null = ATTRS, before = ''): string[] {
  const source = `package octelium.condition\n\nmatch if ${before}input.${path}`;
  return inputProblems(source, [path.split('.')], attrs ?? undefined).map(
    ({ line, column, message, suggestion }) =>
      `${line}:${column}: ${message}${suggestion === null ? '' : ` (${suggestion})`}`,
  );
}

const UNKNOWN: Readonly<Record<string, string>> = {
  'ctx.user.spec.grups': '3:30: input.ctx.user.spec has no field "grups" (did you mean "groups"?)',
  'ctx.usr': '3:20: input.ctx has no field "usr" (did you mean "user"?)',
  'ctx.request.method': '3:28: input.ctx.request has no field "method" (did you mean "input.ctx.request.http.method"?)',
  'ctx.user.spec.groups.name': '3:37: input.ctx.user.spec.groups is list(string): it has no fields',
  'ctx.request.http.headers.host.x': '3:46: input.ctx.request.http.headers.host is string: it has no fields',
  'attrs.mx': '3:22: attrs of this Policy has no key "mx" (did you mean "max"?)',
  'attrs.limits.least': '3:29: attrs.limits of this Policy has no key "least"',
  'user.spec': '3:16: input has no "user": it has ctx, and the attrs of a Policy (did you mean "input.ctx.user"?)',
};

describe('what no input has is a mistake, because it would be undefined', () => {
  for (const [path, expected] of Object.entries(UNKNOWN)) {
    test(path, () => assert.deepEqual(problems(path), [expected]));
  }
});

const KNOWN = [
  'ctx',
  'ctx.user.spec.groups',
  'ctx.user.spec.attrs.anything.goes',
  'ctx.user.status.whatever',
  'ctx.request.http.headers.x-team',
  'ctx.request.http.bodyMap.items.price',
  'ctx.device.status.osType',
  'attrs',
  'attrs.limits.most',
  'attrs.teams.ops',
];

for (const path of KNOWN) test(`${path} is no mistake`, () => assert.deepEqual(problems(path), []));

test('all of the input may be read', () => assert.deepEqual(inputProblems('', [[]]), []));

test('attrs may be asked for: another Policy may have them', () => {
  assert.deepEqual(problems('attrs.strict', ATTRS, 'not '), []);
  assert.equal(problems('ctx.usr', ATTRS, 'not ').length, 1);
  const both = 'match if { not input.attrs.strict; input.attrs.strict == 1 }';
  assert.equal(inputProblems(both, [['attrs', 'strict']], ATTRS).length, 1);
});

test('where there is no Policy there are no attrs', () => {
  assert.match(problems('attrs.max', null)[0] ?? '', /did you mean "input\.ctx\.service\.spec\.attrs"/);
});

test('names that are written in another way are told at the beginning', () => {
  for (const name of ['a.b', 'a\nb', '(', '\\', '$', 'constructor', '__proto__']) {
    const [found] = inputProblems(`match if input.ctx[${JSON.stringify(name)}]`, [['ctx', name]]);
    assert.deepEqual([found?.line, found?.column], [1, 1]);
  }
});
