import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { collect, ostiary, spawnOstiary } from './command.ts';
import { until } from './until.ts';

/** A running `bin/ostiary dev`, on a free port, with a data directory of its own. */
export interface Demo {
  readonly portal: string;
  /** Address on a Service of the demo. */
  url(service: string, path?: string): string;
  /** Runs another command against it; gives its standard output. */
  command(...args: string[]): Promise<string>;
}

/** It ends with the file that asked for it, as by Ctrl-C, and its data are removed. */
export async function startDemo(...more: string[]): Promise<Demo> {
  const data = mkdtempSync(join(tmpdir(), 'ostiary-test-'));
  const child = spawnOstiary(['dev', '--port', '0', '--data', data, ...more]);
  const ended = once(child, 'exit');
  const [out, err] = [collect(child.stdout!), collect(child.stderr!)];
  after(async () => {
    child.kill('SIGINT');
    await ended;
    rmSync(data, { recursive: true, force: true });
  });
  const port = await until(
    () => `the demo to start; it says:\n${out.text}${err.text}`,
    () => /Portal +http:\/\/localhost:(\d+)\/[\s\S]*Stop with/.exec(out.text)?.[1],
  );
  return {
    portal: `http://localhost:${port}/`,
    url: (service, path = '/') => `http://${service}.localhost:${port}${path}`,
    command: (...args) => succeed([...args, '--data', data]),
  };
}

async function succeed(args: readonly string[]): Promise<string> {
  const { code, out, err } = await ostiary(args);
  assert.equal(code, 0, `ostiary ${args.join(' ')}: ${err}`);
  return out;
}
