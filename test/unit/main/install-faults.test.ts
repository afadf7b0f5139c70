import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installConfig } from '../../../src/main/install.ts';

const NAME = 'OSTIARY_ALLOW_FAULT_INJECTION_THAT_BREAKS_REQUESTS_ON_PURPOSE';
const key = 'allowFaultInjectionThatBreaksRequestsOnPurpose';

test('nothing is broken on purpose unless it is asked for, as in any setting', () => {
  assert.equal(installConfig({}, {}, {})[key], false);
  assert.equal(installConfig({}, {}, { [key]: true })[key], true);
  assert.equal(installConfig({}, { [NAME]: 'true' }, {})[key], true);
  assert.equal(installConfig({}, { [NAME]: 'false' }, { [key]: true })[key], false);
  assert.equal(installConfig({ [key]: true }, { [NAME]: 'false' }, {})[key], true);
});

test('a variable that is neither true nor false is a mistake', () => {
  assert.throws(() => installConfig({}, { [NAME]: '1' }, {}), /"1" is not true or false/);
});
