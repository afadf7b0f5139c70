import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { createSecureServer as createHttp2Server } from 'node:http2';
import { createServer as createHttp1Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { createDemoCertificates } from '../../../src/dev/demo-certificates.ts';
import { BufferedBody } from '../../../src/gateway/body.ts';
import { Http2NotAgreed } from '../../../src/upstream/http2/failures.ts';
import { ResolveTable } from '../../../src/upstream/resolve.ts';
import type { UpstreamSpec } from '../../../src/upstream/spec.ts';
import { createUpstream } from '../../../src/upstream/upstream.ts';
import { answer, type Script, scripted } from './fake-transport.ts';
import { exchangeWith, textOf } from './support.ts';

async function protocolFor(spec: UpstreamSpec, upgrade: 'websocket' | null = null): Promise<string | undefined> {
  const { upstream, sent } = scripted(spec, (attempt) => answer(attempt));
  await upstream.forward(exchangeWith({ upgrade }));
  return sent[0]?.protocol;
}

const noHttp2: Script = (attempt) => attempt.failed(new Http2NotAgreed('http/1.1'), false);

test('the scheme and the protocol say what is spoken', async () => {
  assert.equal(await protocolFor({ url: 'http://e1' }), 'h1');
  assert.equal(await protocolFor({ url: 'wss://e1' }), 'h1');
  assert.equal(await protocolFor({ url: 'h2c://e1' }), 'h2');
  assert.equal(await protocolFor({ url: 'grpc://e1:1' }), 'h2');
  assert.equal(await protocolFor({ url: 'https://e1', protocol: 'h2-or-h1' }), 'h2');
});

test('HTTP/2 where TLS agrees on it is cleartext HTTP/1.1 on an http URL', async () => {
  assert.equal(await protocolFor({ url: 'http://e1', protocol: 'h2-or-h1' }), 'h1');
  assert.equal(await protocolFor({ url: 'http://e1', protocol: 'h2' }), 'h2');
});

test('a WebSocket goes over HTTP/1.1 beside HTTP/2, where TLS can choose', async () => {
  assert.equal(await protocolFor({ url: 'https://e1', protocol: 'h2-or-h1' }, 'websocket'), 'h1');
  assert.equal(await protocolFor({ url: 'h2c://e1' }, 'websocket'), 'h2');
});

test('an upstream that does not agree on HTTP/2 is spoken to in HTTP/1.1 from then on', async () => {
  const { upstream, sent, transports } = scripted({ url: 'https://e1', protocol: 'h2-or-h1' }, (attempt, host, n) =>
    n === 1 ? noHttp2(attempt, host, n) : answer(attempt),
  );
  await upstream.forward(exchangeWith({ method: 'POST' }));
  await upstream.forward(exchangeWith());
  assert.deepEqual(
    sent.map(({ protocol }) => protocol),
    ['h2', 'h1', 'h1'],
  );
  assert.equal(transports[0]?.isClosed, true);
});

test('gRPC is not spoken over HTTP/1.1', async () => {
  const { upstream, sent } = scripted({ url: 'https://e1', protocol: 'h2' }, noHttp2);
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-unreachable/);
  assert.equal(sent.length, 1);
});

for (const [what, start, wanted] of [
  ['HTTP/1.1 only', (tls: object, answer: RequestListener) => createHttp1Server(tls, answer), '1.1'],
  [
    'HTTP/2 too',
    (tls: object, answer: RequestListener) => createHttp2Server({ ...tls, allowHTTP1: true }, answer as never),
    '2.0',
  ],
] as const) {
  test(`h2-or-h1 against a server that speaks ${what}`, async () => {
    const { ca, cert, key } = createDemoCertificates(['localhost']);
    const server = start({ cert, key }, (request, response) => void response.end(request.httpVersion));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const upstream = createUpstream(
      {
        url: `https://localhost:${(server.address() as AddressInfo).port}`,
        protocol: 'h2-or-h1',
        tls: { trustedCAs: [ca] },
      },
      { resolve: new ResolveTable(), clock: systemClock },
    );
    const body = new BufferedBody('hello');
    assert.equal(await textOf(await upstream.forward(exchangeWith({ method: 'POST', body }))), wanted);
    assert.equal(await textOf(await upstream.forward(exchangeWith())), wanted);
    await upstream.close();
    await new Promise((resolve) => server.close(resolve));
  });
}
