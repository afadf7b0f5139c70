import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CidrSet } from '../../src/base/cidr.ts';
import { canonicalise } from '../../src/downstream/canonical/index.ts';

/** The policy allows GET; an upstream that honoured the header would delete. */
for (const name of ['X-HTTP-Method-Override', 'x-http-method', 'X-Method-Override']) {
  test(`${name} reaches neither conditions nor upstream`, () => {
    const head = canonicalise(
      {
        method: 'GET',
        target: '/',
        httpVersion: '1.1',
        headers: ['Host', 'app.example.com', name, 'DELETE'],
        peerAddress: '192.0.2.1',
        scheme: 'http',
      },
      new CidrSet([]),
    );
    assert.ok('headers' in head);
    assert.equal(head.headers.has(name.toLowerCase()), false);
    assert.equal(head.method, 'GET');
  });
}
