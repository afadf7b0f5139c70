/** Expressions that are meant to hold a worker or to fill its memory: refused, or stopped in a moment. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCelEngine } from '../../policies/cel/engine.ts';
import { freeMap } from '../../policies/input/plain.ts';
import { input } from '../unit/policies/fixtures.ts';

const engine = createCelEngine();
const numbers = Array.from({ length: 3000 }, (_, i) => i);
const attrs = freeMap({ numbers, texts: numbers.map(String), long: 'a'.repeat(200_000) });
const body = { bytes: Buffer.from('x'), json: { list: numbers, deep: deep(5000), long: 'a'.repeat(500_000) } };

/** What one evaluation may take at the very most, on a slow machine. */
const MOMENT_MS = 2000;

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

function outcome(source: string): string {
  const started = performance.now();
  const compiled = engine.compile(source, attrs);
  const result = compiled.ok ? compiled.program.evaluate(input({ body })).kind : 'refused';
  assert.ok(performance.now() - started < MOMENT_MS, `took ${performance.now() - started} ms`);
  return result;
}

function nested(range: string, depth: number, inner: string): string {
  const names = Array.from({ length: depth }, (_, i) => `v${i}`);
  return names.reduceRight((body, name) => `${range}.all(${name}, ${body})`, inner);
}

/** `depth` variables, each twice as long as the one before. */
function doubled(first: string, depth: number, result: string): string {
  const binds = Array.from({ length: depth }, (_, i) => `cel.bind(v${i + 1}, v${i} + v${i}, `);
  return `cel.bind(v0, ${first}, ${binds.join('')}${result}${')'.repeat(depth + 1)}`;
}

const HTTP = 'ctx.request.http';

describe('is stopped by the budget', () => {
  const sources: Record<string, string> = {
    'a loop in a loop over what a client sent': nested(`${HTTP}.bodyMap.list`, 2, 'v0 + v1 >= 0.0'),
    'loops over lists that are written down': nested('[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]', 6, 'true'),
    'a list that is built in a loop': `${HTTP}.bodyMap.list.map(a, ${HTTP}.bodyMap.list.map(b, b)) == []`,
    'a search in a loop': 'attrs.texts.all(t, !(t + "x" in attrs.texts))',
    'long texts that are compared in a loop': `attrs.numbers.all(n, ${HTTP}.bodyMap.long != attrs.long + attrs.long)`,
    'large lists that are compared in a loop': 'attrs.numbers.all(n, [attrs.numbers] == [attrs.numbers])',
    'a pattern in a loop': 'attrs.numbers.all(n, !attrs.long.matches("(a*)*b$"))',
    'a text that doubles': `size(${doubled('attrs.long', 12, 'v12')}) > 0`,
    'a list that doubles': `size(${doubled('attrs.numbers', 14, 'v14')}) > 0`,
  };
  for (const [what, source] of Object.entries(sources)) test(what, () => assert.equal(outcome(source), 'cost'));
});

describe('is refused when it is compiled', () => {
  const sources: Record<string, string> = {
    'a megabyte of text': `"${'a'.repeat(1_000_000)}" == ""`,
    'a megabyte of operators': '!'.repeat(1_000_000),
    'deep parentheses': `${'('.repeat(4900)}true${')'.repeat(4900)}`,
    'deep lists': `${'['.repeat(4900)}${']'.repeat(4900)} == []`,
    'deep calls': `${'size('.repeat(1900)}[]${')'.repeat(1900)} == 0`,
    'deep conditions': `${'true ? '.repeat(1000)}true${' : true'.repeat(1000)}`,
    'a long chain of fields': `ctx.user${'.a'.repeat(4900)} == 1`,
    'loops over lists of unknown size': nested('ctx.groups', 5, 'true'),
    'a pattern that repeats its repetitions': '"a".matches("((a{1000}){1000}){1000}")',
    'a pattern that is no RE2': '"a".matches("(?=a)")',
  };
  for (const [what, source] of Object.entries(sources)) test(what, () => assert.equal(outcome(source), 'refused'));
});

describe('functions that make much out of little', () => {
  const grown = '.replace("a", "aaaaaaaaaaaaaaaa")';
  const sources: Record<string, string> = {
    'a text that grows': `size(attrs.long${grown.repeat(3)}) > 0`,
    'a text that grows everywhere': 'size(attrs.long.replace("", attrs.long)) > 0',
    'a list of parts': 'attrs.numbers.all(n, attrs.long.split("").size() > 0)',
    'a text of a list': 'attrs.numbers.all(n, attrs.texts.join(attrs.long).size() > 0)',
    'a format': 'attrs.numbers.all(n, "%s%s%s".format([attrs.numbers, attrs.numbers, attrs.long]) != "")',
    'a range': 'lists.range(1000000000).size() > 0',
    'lists in lists': 'attrs.numbers.all(n, [attrs.numbers, attrs.numbers].flatten().size() > 0)',
    'a list in order': 'attrs.numbers.all(n, attrs.numbers.sort().size() > 0)',
    'a list without repetitions': 'attrs.texts.map(t, [t]).distinct().size() > 0',
    sets: 'sets.equivalent(attrs.texts.map(t, [t]), attrs.texts.map(t, [t]))',
    JSON: 'attrs.numbers.all(n, json.marshal(attrs.numbers) != "")',
  };
  for (const [what, source] of Object.entries(sources)) test(what, () => assert.equal(outcome(source), 'cost'));
});

describe('ends quickly', () => {
  const sources: Record<string, string> = {
    'a pattern that other engines go back over': `!${HTTP}.bodyMap.long.matches("^(a+)+$b")`,
    'a pattern of the client': `"a".matches(${HTTP}.path) || true`,
    'values nested deeper than the stack': `${HTTP}.bodyMap.deep == ${HTTP}.bodyMap.deep || true`,
    'JSON nested deeper than the stack': `json.parse("{\\"a\\":" + "[[[[[[[[" + "]]]]]]]]" + "}").a != []`,
    'many negations': `${'!'.repeat(9000)}true`,
    'a wide list': `size([${'1,'.repeat(2000)}1]) == 2001`,
    'many operators': `${'true && '.repeat(900)}true`,
  };
  for (const [what, source] of Object.entries(sources)) {
    test(what, () => assert.notEqual(outcome(source), undefined));
  }
});

describe('functions that are dear although their texts are short', () => {
  const loop = (condition: string) => `attrs.numbers.all(n, ${condition})`;
  const short = (condition: string) => `cel.bind(short, attrs.long.substring(0, 250), ${loop(condition)})`;
  const sources: Record<string, string> = {
    'times that are read': loop('duration(string(n) + "s") >= duration("0s")'),
    'times that are written': loop('string(timestamp(int(n))) != ""'),
    'hours in a zone': loop('timestamp(int(n) * 100000).getHours("Europe/Berlin") >= 0'),
    'days in a zone': loop('time.isWeekdayInTZ(timestamp(int(n) * 100000), "Europe/Berlin") || true'),
    'zones of the client': 'attrs.texts.all(t, ctx.request.time.getHours("+10:" + t) >= 0 || true)',
    'networks of the client': 'attrs.texts.all(t, net.isIPInRange("10.0.0.1", "10.0.0.0/" + t) || true)',
    addresses: loop('!net.isPrivateIP("2001:db8::" + string(n))'),
    'texts that are no JSON': loop('json.parse("{" + string(n)) == {} || true'),
    'a part that is nearly there': short('!short.contains("ab")'),
    'a pattern that is but a text': short('!short.matches("ab")'),
    'texts in order': short('short <= short'),
    'characters that are counted': short('size(short) == 250'),
    'parts of short texts': short('short.split("a").size() == 251'),
    'escapes of short texts': short('strings.quote(short) != ""'),
  };
  for (const [what, source] of Object.entries(sources)) test(what, () => assert.equal(outcome(source), 'cost'));
});

test('what came before does not count for what comes after', () => {
  const bomb = nested('[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]', 6, 'true');
  assert.equal(outcome(bomb), 'cost');
  assert.equal(outcome('[1, 2].all(a, a > 0)'), 'value');
  assert.equal(outcome(`${bomb} || true`), 'cost');
});
