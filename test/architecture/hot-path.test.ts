import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, reachableFrom, sourceFiles } from './source.ts';

/** What a request must never wait for: it is done when configuration is compiled. */
const NOT_ON_THE_WAY = [
  /^src\/dialects\//,
  /^typebox(\/|$)/,
  /^yaml(\/|$)/,
  /^ajv(\/|$)/,
  /^src\/model\//,
  /^node:http/,
];

test('nothing reachable from the pipeline is a dialect, a schema library, a YAML parser or node:http', () => {
  const reached = [...reachableFrom('src/gateway/pipeline.ts')];
  assert.ok(reached.length > 10, 'the pipeline reaches its steps');
  assert.deepEqual(
    reached.filter((to) => NOT_ON_THE_WAY.some((pattern) => pattern.test(to))),
    [],
  );
});

test('CEL is our own: the packages that the tests compare it with are used by nothing else', () => {
  const users = sourceFiles().filter((file) => importsOf(file).some((i) => /^(@bufbuild|@marcbachmann)\//.test(i.to)));
  assert.deepEqual(users, []);
});

test('only the wire adapters, the admin side, signing in from a terminal and development know node:http', () => {
  const HOMES = [
    /^src\/downstream\//,
    /^src\/upstream\//,
    /^src\/admin\//,
    /^src\/cli\/login\//,
    /^src\/dev\//,
    /^src\/main/,
  ];
  const users = sourceFiles().filter((file) =>
    importsOf(file).some((i) => /^(node:https?|node:http2)$/.test(i.to) && !i.typeOnly),
  );
  assert.deepEqual(
    users.filter((file) => !HOMES.some((home) => home.test(file))),
    [],
  );
});
