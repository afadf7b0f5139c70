import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { HeaderList } from '../../src/base/header-list.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import { createInjector } from '../../src/credentials/injector.ts';
import type { OutgoingRequest } from '../../src/gateway/exchange.ts';
import { ResolveTable } from '../../src/upstream/resolve.ts';
import { createUpstream } from '../../src/upstream/upstream.ts';
import { exchangeWith } from '../unit/upstream/support.ts';
import { get, startRaw, startRecorder, statusesOf, statusOf, text } from './support.ts';

/** R8; CVE-2018-12116, CVE-2026-1527: no value ends its line, whoever made it. */

const BREAKS = [
  'a\r\nX-Injected: 1',
  'a\nX-Injected: 1',
  'a\rX-Injected: 1',
  'a\x00b',
  'a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
];

for (const value of BREAKS) {
  test(`in an answer: ${JSON.stringify(value)}`, async () => {
    await using recorder = await startRecorder({ answer: () => text(200, 'ok', [['x-made', value]]) });
    const answer = await get(recorder.port, '/');
    assert.deepEqual(statusesOf(answer), [500]);
    assert.doesNotMatch(answer, /injected/i);
  });

  test(`in a Secret: ${JSON.stringify(value)}`, () => {
    const inject = createInjector({ bearer: { fromSecret: 's' } });
    const secrets = { open: () => new SecretValue(value), version: () => 1 };
    const x = exchangeWith({}, secrets);
    const outcome = inject(x);
    assert.ok(outcome !== null && 'reason' in outcome);
    assert.equal(outcome.reason, 'credential-unavailable');
    assert.equal(x.outgoing?.headers.size, 0);
  });

  test(`in an outgoing request: ${JSON.stringify(value)}`, async () => {
    let received = '';
    await using raw = await startRaw((socket) => {
      socket.on('data', (chunk) => {
        received += chunk;
      });
    });
    const upstream = createUpstream(
      { url: `http://127.0.0.1:${raw.port}` },
      { resolve: new ResolveTable(), clock: systemClock },
    );
    const changes: ((outgoing: OutgoingRequest) => void)[] = [
      (outgoing) => outgoing.headers.append('x-made', value),
      (outgoing) => outgoing.headers.append(value, 'x'),
      (outgoing) => {
        outgoing.authority = value;
      },
      (outgoing) => {
        outgoing.path = `/${value}`;
      },
      (outgoing) => {
        outgoing.query = value;
      },
      (outgoing) => {
        outgoing.method = value;
      },
    ];
    for (const change of changes) {
      const x = exchangeWith();
      change(x.outgoing!);
      const outcome = await upstream.forward(x);
      assert.ok('reason' in outcome);
      assert.equal(outcome.reason, 'internal-error');
    }
    assert.equal(received, '');
    await upstream.close();
  });
}

test('a malformed field name in an answer is refused too', async () => {
  for (const name of ['x y', 'x:', '', 'x\r\ny']) {
    await using recorder = await startRecorder({
      answer: () => ({ status: 200, headers: HeaderList.from([[name, '1']]), body: null }),
    });
    assert.equal(statusOf(await get(recorder.port, '/')), 500, JSON.stringify(name));
  }
});
