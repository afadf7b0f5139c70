import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalise } from '../../src/downstream/canonical/index.ts';
import { FACTS, snapshotWith } from './support.ts';

/** The policy allows GET; an upstream that honoured the header would delete. */
for (const name of ['X-HTTP-Method-Override', 'x-http-method', 'X-Method-Override']) {
  test(`${name} reaches neither conditions nor upstream`, () => {
    const fields = ['host', 'app.example.com', name.toLowerCase(), 'DELETE'];
    const head = canonicalise(
      { method: 'GET', target: '/', httpVersion: '1.1', upgrade: null, headers: fields },
      FACTS,
      snapshotWith([]),
    );
    assert.ok('headers' in head);
    assert.equal(head.headers.has(name.toLowerCase()), false);
    assert.equal(head.method, 'GET');
  });
}
