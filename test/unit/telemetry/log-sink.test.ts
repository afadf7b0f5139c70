import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openLogSink } from '../../../src/telemetry/log-sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'ostiary-log-'));
after(() => rmSync(folder, { recursive: true }));

const text = (lines: string) => Buffer.from(lines, 'utf8');

const fail = (error: Error) => {
  throw error;
};

describe('openLogSink', () => {
  test('appends to a file that only its owner reads', async () => {
    const path = join(folder, 'access.log');
    for (const line of ['one\n', 'two\n']) {
      const sink = openLogSink(path, { onError: fail });
      sink.write(text(line), 1);
      await sink.close();
    }
    assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test('keeps the order of what waits', async () => {
    const path = join(folder, 'order.log');
    const sink = openLogSink(path, { onError: fail });
    const lines = Array.from({ length: 200 }, (_, i) => `${i}\n`);
    for (const line of lines) sink.write(text(line), 1);
    await sink.close();
    assert.equal(readFileSync(path, 'utf8'), lines.join(''));
    assert.equal(sink.dropped, 0);
  });

  test('goes on in a new file after a rotation, and tears no line', async () => {
    const [path, moved] = [join(folder, 'rotate.log'), join(folder, 'rotate.log.1')];
    const sink = openLogSink(path, { onError: fail });
    sink.write(text('before\n'), 1);
    renameSync(path, moved);
    sink.reopen();
    sink.write(text('after\n'), 1);
    await sink.close();
    assert.equal(readFileSync(moved, 'utf8'), 'before\n');
    assert.equal(readFileSync(path, 'utf8'), 'after\n');
  });

  test('drops and counts lines that do not fit', async () => {
    const path = join(folder, 'bound.log');
    const sink = openLogSink(path, { onError: fail, bound: 10 });
    sink.write(text('12345678\n'), 1);
    sink.write(text('no room\nfor these\n'), 2);
    assert.equal(sink.dropped, 2);
    await sink.close();
    assert.equal(readFileSync(path, 'utf8'), '12345678\n');
  });

  test('reports a write that fails and counts its lines', { skip: process.platform !== 'linux' }, async () => {
    const errors: Error[] = [];
    const sink = openLogSink('/dev/full', { onError: (error) => errors.push(error) });
    sink.write(text('a\nb\n'), 2);
    sink.write(text('c\n'), 1);
    await sink.close();
    assert.equal(sink.dropped, 3);
    assert.deepEqual(
      errors.map((error) => (error as NodeJS.ErrnoException).code),
      ['ENOSPC'],
    );
  });

  test('says which file cannot be opened', () => {
    assert.throws(() => openLogSink(join(folder, 'no', 'such', 'folder.log'), { onError: fail }), {
      code: 'usage',
      message: /access log cannot be opened/,
    });
  });

  test('writes to standard output with "-"', async () => {
    const module = new URL('../../../src/telemetry/log-sink.ts', import.meta.url).href;
    const script = `const { openLogSink } = await import(${JSON.stringify(module)});
      const sink = openLogSink('-', { onError: console.error });
      sink.write(Buffer.from('one\\n'), 1); sink.reopen();
      sink.write(Buffer.from('x'.repeat(300000) + '\\n'), 1); await sink.close();`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0);
    assert.equal(printed, `one\n${'x'.repeat(300_000)}\n`);
  });
});
