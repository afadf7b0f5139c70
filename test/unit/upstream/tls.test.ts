import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '../../../src/base/clock.ts';
import { createDemoCertificates } from '../../../src/dev/demo-certificates.ts';
import { ResolveTable } from '../../../src/upstream/resolve.ts';
import type { UpstreamTlsSpec } from '../../../src/upstream/spec.ts';
import { createUpstream, type PooledUpstream } from '../../../src/upstream/upstream.ts';
import { exchangeWith, startServer, textOf } from './support.ts';

/** R72: the upstream proves the name in its URL, whatever address is dialled and whatever Host is asked for. */
const certificates = createDemoCertificates(['a.example']);
const other = createDemoCertificates(['b.example']);

function serverNamed({ cert, key } = certificates) {
  return startServer((request, response) => response.end(`${(request.socket as TLSSocket).servername}`), { cert, key });
}

function upstreamFor(port: number, tls: UpstreamTlsSpec, extraCas: string[] = [], host = 'a.example'): PooledUpstream {
  const resolve = new ResolveTable([`${host}:443:127.0.0.1:${port}`]);
  return createUpstream({ url: `https://${host}`, tls }, { resolve, extraCas, clock: systemClock });
}

async function answer(upstream: PooledUpstream, authority: string | null = null): Promise<string> {
  const text = await textOf(await upstream.forward(exchangeWith({ authority })));
  await upstream.close();
  return text;
}

test('a certificate of a trusted authority for the name in the URL is accepted, and SNI names it', async () => {
  await using server = await serverNamed();
  assert.equal(await answer(upstreamFor(server.port, { trustedCAs: [certificates.ca] })), 'a.example');
  assert.equal(await answer(upstreamFor(server.port, {}, [certificates.ca])), 'a.example');
  const appended = { trustedCAs: [certificates.ca], appendToSystemPool: true };
  assert.equal(await answer(upstreamFor(server.port, appended)), 'a.example');
});

test('another Host changes neither SNI nor the name that is checked', async () => {
  await using server = await serverNamed();
  assert.equal(await answer(upstreamFor(server.port, { trustedCAs: [certificates.ca] }), 'b.example'), 'a.example');
});

test('a Host that fits the certificate does not help a URL that does not', async () => {
  await using server = await serverNamed(other);
  assert.match(
    await answer(upstreamFor(server.port, { trustedCAs: [other.ca] }), 'b.example'),
    /^refused: upstream-unreachable/,
  );
});

test('an unknown authority is refused, also beside trusted ones that are replaced', async () => {
  await using server = await serverNamed();
  assert.match(await answer(upstreamFor(server.port, {})), /^refused: upstream-unreachable/);
  assert.match(await answer(upstreamFor(server.port, { trustedCAs: [other.ca] })), /^refused: upstream-unreachable/);
  // trustedCAs replace every other root, those of the installation too.
  assert.match(await answer(upstreamFor(server.port, { trustedCAs: [other.ca] }, [certificates.ca])), /^refused/);
});

test('the check can be switched off for one upstream', async () => {
  await using server = await serverNamed(other);
  assert.equal(await answer(upstreamFor(server.port, { insecureSkipVerify: true })), 'a.example');
});

test('plain HTTP where TLS is expected is upstream-unreachable', async () => {
  await using server = await startServer((_request, response) => response.end());
  assert.match(await answer(upstreamFor(server.port, { insecureSkipVerify: true })), /^refused: upstream-unreachable/);
});

test('what is no certificate is refused when it is configured', () => {
  for (const pem of ['', 'nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
    assert.throws(
      () => upstreamFor(1, { trustedCAs: [certificates.ca, pem] }),
      /trustedCAs\[1\] is not a PEM certificate/,
    );
  }
});
