import assert from 'node:assert/strict';
import { parse } from 'yaml';

export interface TestPoint {
  readonly ok: boolean;
  /** Without escapes. */
  readonly description: string;
  /** The YAML block below it, `null` without one. */
  readonly diagnosis: Readonly<Record<string, unknown>> | null;
}

const TEST_POINT = /^(not )?ok (\d+) - (.*)$/;

/** Reads TAP 14 as a strict consumer does: a version, a plan, points in order with their blocks, comments. */
export function readTap(text: string): TestPoint[] {
  const [version, plan, ...lines] = text.trimEnd().split('\n');
  assert.equal(version, 'TAP version 14');
  const points: TestPoint[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.startsWith('#')) continue;
    const [, not, id, description] = TEST_POINT.exec(line) ?? assert.fail(`no test point: ${line}`);
    assert.equal(Number(id), points.length + 1);
    assert.doesNotMatch(description!, /(^|[^\\])#/, 'a directive that nobody meant');
    const end = lines[i + 1] === '  ---' ? lines.indexOf('  ...', i) : i;
    const block = lines.slice(i + 2, end).join('\n');
    points.push({
      ok: not === undefined,
      description: description!.replaceAll(/\\([\\#])/g, '$1'),
      diagnosis: end === i ? null : (parse(block) as Record<string, unknown>),
    });
    i = end;
  }
  assert.equal(plan, `1..${points.length}`);
  return points;
}
