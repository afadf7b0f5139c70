import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain } from '../../../../src/main/explain/explain.ts';
import { assembleOffline } from '../../../../src/main/offline.ts';
import { service, yaml } from '../../../support/resources.ts';

const NOW = Date.parse('2026-11-18T12:00:00Z');
const TEN = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]';

/** Never holds, and takes about a tenth of what a decision may. */
const HEAVY = [1, 2].map(
  (i) => `${TEN}.all(a, ${TEN}.all(b, ${TEN}.all(c, a + b + c + size(ctx.request.http.path) * ${i} >= 0)))`,
);
const match = `${HEAVY.join(' && ')} && ctx.request.http.path == "/none"`;
const RULES = Array.from({ length: 6 }, () => ({ effect: 'DENY', priority: -1, condition: { match } }));
const ALLOW = { effect: 'ALLOW', condition: { matchAny: true } };

test('the choice of the config is explained with what the decision has left, whatever shadow policies take', async () => {
  const api = service('api', {
    isAnonymous: true,
    authorization: {
      enableAnonymous: true,
      inlinePolicies: [{ spec: { rules: [ALLOW] } }, { spec: { shadow: true, rules: RULES } }],
    },
    config: { upstream: { url: 'http://127.0.0.1:1' } },
    dynamicConfig: {
      configs: [{ name: 'v2', upstream: { url: 'http://127.0.0.1:2' } }],
      rules: [
        ...RULES.map(({ condition }) => ({ condition, configName: 'default' })),
        { condition: { matchAny: true }, configName: 'v2' },
      ],
    },
  });
  const { compiled, diagnostics } = assembleOffline([{ file: 'a.yaml', text: yaml(api) }]);
  assert.deepEqual(diagnostics, []);
  const request = {
    method: 'GET',
    url: 'http://api.localhost/',
    headers: [],
    body: null,
    clientAddress: null,
    time: NOW,
  };
  const told = await explain(compiled.snapshot, { request, asker: { user: null } }, NOW);
  assert.deepEqual([told.effect, told.config?.name], ['allow', 'v2']);
  assert.equal(told.shadow?.rules.length, RULES.length + 1);
});
