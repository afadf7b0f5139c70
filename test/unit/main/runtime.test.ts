import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runtimeProblem } from '../../../src/main/runtime.ts';

const NEW = '99.0.0';

const REFUSED = [
  '--insecure-http-parser',
  '--insecure_http_parser',
  '--insecure_http-parser',
  '--inspect',
  '--inspect=0.0.0.0:9229',
  '--inspect-brk',
  '--inspect_brk=9229',
  '--inspect_wait',
  '--inspect_port=1',
  '"--inspect_brk"',
];

for (const flag of REFUSED) {
  test(`${flag} is refused`, () => assert.match(runtimeProblem(NEW, [flag], {}) ?? '', /is refused$/));
}

test('other flags and other values of the variable are none of our business', () => {
  assert.equal(runtimeProblem(NEW, ['--max-old-space-size=100', '--use_openssl_ca'], {}), null);
  assert.equal(runtimeProblem(NEW, [], { NODE_TLS_REJECT_UNAUTHORIZED: '1' }), null);
});

test('an environment that switches certificate checks off is refused', () => {
  assert.match(runtimeProblem(NEW, [], { NODE_TLS_REJECT_UNAUTHORIZED: '0' }) ?? '', /is refused/);
});
