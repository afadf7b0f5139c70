import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createCelEngine } from '../../../policies/cel/engine.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { type CompileInput, Compiler } from '../../../src/compile/compile.ts';
import { UpstreamRegistry } from '../../../src/compile/upstream-registry.ts';
import { type Assembly, assemble } from '../../../src/control/assemble.ts';
import { readTexts } from '../../../src/control/read.ts';
import { canonicalPathOrNull } from '../../../src/downstream/canonical/index.ts';
import { refuse } from '../../../src/gateway/outcome.ts';
import type { CompiledSnapshot } from '../../../src/gateway/snapshot.ts';
import { compileInputOf, handedConfiguration } from '../../../src/main/worker/handed-configuration.ts';
import { NO_SCRIPTS } from '../../../src/scripts/host.ts';
import { viewOf } from '../../../src/secrets/handed-secrets.ts';
import { open, service, yaml } from '../../support/resources.ts';

function newCompiler(): Compiler {
  const upstream = {
    name: '',
    authority: '',
    start: () => {},
    forward: () => refuse('internal-error'),
    converse: async () => refuse('internal-error'),
    close: async () => {},
  };
  return new Compiler({
    domain: 'example.com',
    engine: createCelEngine(),
    canonicalPath: canonicalPathOrNull,
    upstreams: new UpstreamRegistry(() => upstream),
  });
}

/** A supervisor that loads one text after the other, and what a worker that begins with the last one makes of it. */
function compiledByBoth(...texts: readonly string[]): {
  readonly supervisor: CompiledSnapshot;
  readonly worker: CompiledSnapshot;
} {
  const compiler = newCompiler();
  const compile = (input: CompileInput) => compiler.compile(input);
  let last: Assembly | null = null;
  for (const text of texts) {
    const files = readTexts([{ file: 'in.yaml', text }]);
    last = assemble({ compile, files, stored: [], isSealed: () => false, before: last?.owned ?? [] });
    const { held } = last.compiled;
    const before = held();
    last.compiled.commit();
    assert.deepEqual(held(), before);
  }
  const { input, handed } = compileInputOf(structuredClone(handedConfiguration(last!, [], NO_SCRIPTS)));
  return { supervisor: last!.compiled.snapshot, worker: newCompiler().compile(input, handed).snapshot };
}

function answering({ routes }: CompiledSnapshot, host: string, path: string): string | null {
  const found = routes.route(host, 'GET', path);
  return found === null ? null : `${found.name} ${found.state.kind}`;
}

const URL = 'http://127.0.0.1:1';

test('a worker that begins late serves the same generation, and the same Service keeps an address that two claim', () => {
  const match = { match: { paths: [{ template: '/a/{id}' }, { regex: '/b[0-9]+' }] } };
  const hosts = { hosts: ['shared.example.com'], ...match };
  const { supervisor, worker } = compiledByBoth(
    yaml(open('second', URL, hosts)),
    yaml(open('first', URL, hosts), open('second', URL, hosts)),
  );
  assert.equal(worker.generation, 2);
  for (const path of ['/a/1', '/b2', '/c']) {
    const expected = path === '/c' ? null : 'second ready';
    assert.equal(answering(supervisor, 'shared.example.com', path), expected);
    assert.equal(answering(worker, 'shared.example.com', path), expected);
  }
});

test('a broken Service refuses in a worker that begins late where it answered before', () => {
  const at = { hosts: ['old.example.com'], match: { paths: [{ prefix: '/x' }] } };
  const sound = open('site', URL, at);
  const { supervisor, worker } = compiledByBoth(yaml(sound), yaml(service('site', { isAnonymous: 'perhaps' })));
  const expected = answering(supervisor, 'old.example.com', '/x/1');
  assert.match(expected ?? '', /broken$/);
  assert.equal(answering(worker, 'old.example.com', '/x/1'), expected);
});

test('the value of a Secret is not among the resources that are handed over', () => {
  const compiler = newCompiler();
  const text = yaml({ kind: 'Secret', metadata: { name: 'token' }, spec: {}, data: { value: 'very-secret' } });
  const files = readTexts([{ file: 'in.yaml', text }]);
  const assembly = assemble({
    compile: (input) => compiler.compile(input),
    files,
    stored: [],
    isSealed: () => false,
  });
  const handed = structuredClone(handedConfiguration(assembly, [], NO_SCRIPTS));
  assert.doesNotMatch(JSON.stringify(handed), /very-secret|"data"/);
});

test('values that were handed over cannot be printed', () => {
  const bytes = new SecretValue('very-secret').revealBytes();
  const view = viewOf(structuredClone([{ name: 'token', version: 3, bytes }]));
  assert.equal(view.open('token')?.reveal(), 'very-secret');
  assert.equal(view.version('token'), 3);
  assert.equal(view.open('other'), null);
  assert.equal(view.version('other'), 0);
  assert.doesNotMatch(
    `${inspect(view.open('token'), { depth: 9 })}${JSON.stringify(view.open('token'))}`,
    /very-secret/,
  );
});
