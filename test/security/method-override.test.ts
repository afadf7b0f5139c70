import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CidrSet } from '../../src/base/cidr.ts';
import { canonicalise } from '../../src/downstream/canonical/index.ts';

/** The policy allows GET; an upstream that honours the header would delete. */
for (const name of ['X-HTTP-Method-Override', 'x-http-method', 'X-Method-Override']) {
  test(`${name} reaches neither conditions nor upstream`, () => {
    const raw = {
      method: 'GET',
      target: '/',
      httpVersion: '1.1',
      rawHeaders: ['Host', 'app.example.com', name, 'DELETE'],
      peerAddress: '192.0.2.1',
      encrypted: false,
    } as const;
    const head = canonicalise(raw as never, new CidrSet([]));
    assert.ok('headers' in head);
    assert.equal(head.headers.has(name.toLowerCase()), false);
    assert.equal(head.method, 'GET');
  });
}
