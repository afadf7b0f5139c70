/** Compiling Rego takes a program, which may take its time: whoever serves must not wait for it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NO_CACHE, RegoFolder } from '../../policies/rego/compiler/cache.ts';
import { createRegoCompiler, createRegoReader } from '../../policies/rego/compiler/compiler.ts';
import { OpaProgram } from '../../policies/rego/compiler/opa.ts';
import { PreparedCompiler } from '../../policies/rego/compiler/prepared.ts';
import { CONDITION } from '../../policies/rego/use.ts';
import { FakeOpa } from '../support/fake-opa.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { service, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const { form } = CONDITION;
const SOURCE = 'package octelium.condition\nmatch := true\n';

function preparedWith(opa: FakeOpa): PreparedCompiler {
  return new PreparedCompiler(new OpaProgram(opa.program), NO_CACHE);
}

function messageOf(compiled: ReturnType<PreparedCompiler['compile']>): string {
  return compiled.ok ? 'compiled' : compiled.problems[0]!.message;
}

const begun = (opa: FakeOpa, what: string) => opa.log.filter((line) => line.startsWith(`begin ${what}`));

test('the program runs while the process goes on, and never for a question', async () => {
  const opa = new FakeOpa();
  const compiler = preparedWith(opa);
  assert.equal(messageOf(compiler.compile(SOURCE, form)), 'it is not compiled yet');
  assert.deepEqual(opa.log, []);
  const preparing = compiler.prepare(new AbortController().signal);
  await until('a run of opa', () => begun(opa, 'parse')[0]);
  opa.letThrough();
  assert.equal(await preparing, true);
  assert.equal(messageOf(compiler.compile(SOURCE, form)), 'compiled');
  assert.equal(await compiler.prepare(new AbortController().signal), false);
});

test('two run at the same time at most', async () => {
  const opa = new FakeOpa();
  const compiler = preparedWith(opa);
  for (let i = 0; i < 5; i++) compiler.compile(`${SOURCE}# ${i}`, form);
  const preparing = compiler.prepare(new AbortController().signal);
  await until('two runs of opa', () => begun(opa, 'parse')[1]);
  opa.letThrough();
  await preparing;
  let [running, most] = [0, 0];
  for (const line of opa.log) {
    running += line.startsWith('begin') ? 1 : -1;
    most = Math.max(most, running);
  }
  assert.deepEqual([begun(opa, 'build').length, most], [5, 2]);
});

test('a program that hangs is killed when the time is over, and all sources are refused with the reason', async () => {
  const opa = new FakeOpa();
  const compiler = preparedWith(opa);
  const sources = Array.from({ length: 5 }, (_, i) => `${SOURCE}# ${i}`);
  for (const source of sources) compiler.compile(source, form);
  const deadline = new AbortController();
  const preparing = compiler.prepare(deadline.signal);
  await until('two runs of opa', () => begun(opa, 'parse')[1]);
  deadline.abort();
  assert.equal(await preparing, true);
  for (const source of sources) assert.match(messageOf(compiler.compile(source, form)), /takes too long/);
  const pids = begun(opa, 'parse').map((line) => Number(line.split(' ')[2]));
  assert.equal(pids.length, 2);
  for (const pid of pids) await until('the end of a run', () => (isRunning(pid) ? undefined : true));
  const { signal } = new AbortController();
  assert.equal(await compiler.prepare(signal), false);
  assert.equal(compiler.compile(SOURCE, form).ok, false);
  opa.letThrough();
  assert.equal(await compiler.prepare(signal), true);
  assert.equal(compiler.compile(SOURCE, form).ok, true);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('requests are served while a policy is compiled', async () => {
  const opa = new FakeOpa();
  const upstream = await RecordingUpstream.start('rego');
  const inlinePolicies = [{ name: 'all', spec: { rules: [{ effect: 'ALLOW', condition: { matchAny: true } }] } }];
  const authorization = { enableAnonymous: true, inlinePolicies };
  const open = { isAnonymous: true, authorization, config: { upstream: { url: upstream.url } } };
  const files = { 'a.yaml': yaml(service('open', open)) };
  const gateway = await GatewayProcess.start({ files, args: ['--workers', '1', '--opa', opa.program] });
  const rules = [{ effect: 'DENY', condition: { opa: { inline: SOURCE } } }];
  const text = yaml({ kind: 'Policy', metadata: { name: 'slow' }, spec: { rules } });
  let isApplied = false;
  const applying = gateway.command(['apply', '-'], text).then(() => {
    isApplied = true;
  });
  await until('a run of opa', () => begun(opa, 'parse')[0]);
  assert.equal((await gateway.ask('open')).status, 200);
  assert.equal(isApplied, false);
  opa.letThrough();
  await applying;
});

test('a damaged file of the cache is compiled anew, and no process takes it for a policy', () => {
  const opa = new FakeOpa();
  opa.letThrough();
  const folder = join(temporaryDirectory(), 'rego');
  const compile = () => createRegoCompiler(new OpaProgram(opa.program), new RegoFolder(folder)).compile(SOURCE, form);
  const read = () => createRegoReader(new RegoFolder(folder)).compile(SOURCE, form).ok;
  assert.equal(compile().ok, true);
  const path = join(folder, readdirSync(folder)[0]!);
  const whole = readFileSync(path);
  const damages: readonly Buffer[] = [
    whole.subarray(0, whole.length / 2),
    Buffer.alloc(whole.length),
    Buffer.alloc(0),
    Buffer.concat([whole.subarray(0, -1), Buffer.from([whole.at(-1)! ^ 1])]),
    Buffer.from(whole.toString('latin1').replace('"paths":[', '"paths":[["ctx"],'), 'latin1'),
  ];
  for (const damaged of damages) {
    writeFileSync(path, damaged);
    assert.equal(read(), false);
    assert.equal(compile().ok, true);
    assert.deepEqual(readFileSync(path), whole);
    assert.equal(read(), true);
  }
});
