import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileText, type TextResult } from '../../../policies/text.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { engine, input } from './fixtures.ts';

function evaluate(source: string): TextResult {
  const compiled = compileText(source, engine);
  assert.ok(compiled.ok);
  return compiled.text.evaluate(input({ request: { headers: new HeaderList(['x-a', '1', 'x-a', '2']) } }));
}

describe('what an expression for a text gives', () => {
  const texts: readonly (readonly [string, string])[] = [
    ['"user-" + ctx.user.metadata.name', 'user-alice'],
    ['1 + 1', '2'],
    ['1.5', '1.5'],
    ['true', 'true'],
    ['""', ''],
  ];
  for (const [source, text] of texts) {
    test(source, () => assert.deepEqual(evaluate(source), { kind: 'text', text }));
  }
  for (const source of ['null', 'ctx.device.metadata.name', 'ctx.user.spec.email']) {
    test(`${source} is absent`, () => assert.deepEqual(evaluate(source), { kind: 'absent' }));
  }
  for (const source of [
    'dyn([1])',
    'dyn(ctx.user)',
    'dyn(now())',
    '1.0 / 0.0',
    '"a\\r\\nx: y"',
    '"a\\u0000"',
    '1 / 0',
    'ctx.request.http.headers["x-a"]',
  ]) {
    test(`${source} is an error`, () => assert.equal(evaluate(source).kind, 'error'));
  }
});

test('mistakes are found at compile, and attrs are unknown here', () => {
  assert.equal(compileText('ctxt.user', engine).ok, false);
  assert.equal(compileText('attrs.x', engine).ok, false);
  for (const source of ['[1]', 'ctx.user', 'now()']) assert.equal(compileText(source, engine).ok, false, source);
  assert.deepEqual(compileText('ctx.user.spec.groups', engine), {
    ok: false,
    problems: [
      {
        line: 1,
        column: 1,
        message: 'this gives list(string), which is no text',
        suggestion: 'join it: list.join(",")',
      },
    ],
  });
  assert.ok(compileText('ctx.user.spec.groups.join(",")', engine).ok);
});
