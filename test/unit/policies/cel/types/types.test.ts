import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Environment } from '../../../../../policies/cel/environment.ts';
import { typeText } from '../../../../../policies/cel/types/text.ts';
import { checked } from './checked.ts';

function table(cases: Readonly<Record<string, string>>, more: Partial<Environment> = {}): void {
  for (const [source, expected] of Object.entries(cases)) {
    test(source, () => {
      const { type, problems } = checked(source, more);
      assert.deepEqual(problems, []);
      assert.equal(typeText(type), expected);
    });
  }
}

describe('literals', () => {
  table({
    null: 'null',
    '1u': 'uint',
    'b"a"': 'bytes',
    '[]': 'list(dyn)',
    '[1, 2]': 'list(int)',
    '[1, "a"]': 'list(dyn)',
    '[[], [1]]': 'list(list(int))',
    '{}': 'map(dyn, dyn)',
    '{"a": 1}': 'map(string, int)',
    '{"a": 1, "b": "c"}': 'map(string, dyn)',
    '[timestamp(0), null]': 'list(timestamp)',
    '[null, timestamp(0)]': 'list(timestamp)',
    '[ctx.user, ctx.other]': 'list(ctx.user)',
  });
});

describe('names', () => {
  table(
    {
      'a.b': 'string',
      '.i': 'int',
      int: 'type(int)',
      list: 'type(list(dyn))',
      'google.protobuf.Timestamp': 'type(timestamp)',
      'type(i)': 'type(int)',
      'type(type)': 'type(type(type))',
      '[{"b": 1}].map(a, a.b)': 'list(int)',
    },
    {},
  );
  table({ x: 'int', '.x': 'string', 'ns.x': 'int', '["a"].map(x, x)': 'list(string)' }, { container: 'ns' });
});

describe('fields and indexes', () => {
  table({
    'ctx.user.name': 'string',
    'ctx["user"].groups[0]': 'string',
    'ctx.user.attrs.whatever.else': 'dyn',
    'ctx.body.whatever[0]': 'dyn',
    'has(ctx.user.attrs.x)': 'bool',
    'scores.total': 'int',
    'scores["total"]': 'int',
    'strings[i]': 'string',
    'any[0]': 'dyn',
    'maybe.total': 'optional_type(int)',
    'maybe["total"]': 'optional_type(int)',
    'scores.?total': 'optional_type(int)',
    'ctx.?user.name': 'optional_type(string)',
    'someone.groups': 'optional_type(list(string))',
    'scores[?"total"]': 'optional_type(int)',
    'strings[?0]': 'optional_type(string)',
    'ctx[?"user"]': 'optional_type(ctx.user)',
    '[?scores.?total, 1]': 'list(int)',
    '{?"a": scores.?total}': 'map(string, int)',
  });
});

describe('operators and functions', () => {
  table({
    '1 + 2': 'int',
    'any + 1': 'int',
    'any + any': 'dyn',
    'any ? 1 : 2': 'int',
    'true ? [] : [1]': 'list(int)',
    'any == 1 || s == "a"': 'bool',
    's in scores': 'bool',
    '"name" in ctx.user': 'bool',
    'size(ctx.user)': 'int',
    'timestamp(0) - timestamp(1)': 'duration',
    'dyn(1)': 'dyn',
    'ctx.user == null': 'bool',
    'ctx.user.created == null': 'bool',
  });
  table({ '1 < 1.5': 'bool', 'i >= 1u': 'bool' }, { comparesMixedNumbers: true });
});

describe('macros', () => {
  table({
    'strings.all(t, t == "a")': 'bool',
    'strings.map(t, size(t))': 'list(int)',
    'strings.filter(t, true)': 'list(string)',
    'scores.map(k, scores[k])': 'list(int)',
    'ctx.user.map(k, k)': 'list(string)',
    'any.map(t, t)': 'list(dyn)',
    'strings.transformList(n, t, n)': 'list(int)',
    'scores.transformList(k, v, v)': 'list(int)',
    'scores.exists(k, v, v > 1)': 'bool',
    '[].map(t, t)': 'list(dyn)',
    '[1].map(t, [t, t]).map(t, [t])': 'list(list(list(int)))',
    'cel.bind(t, [1], t + t)': 'list(int)',
  });
});
