import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { createDemoCertificates } from '../../../src/dev/demo-certificates.ts';

const HOSTS = ['apiv1.example.com', 'apiv2.example.com'];
const made = createDemoCertificates(HOSTS);

/** Gives the error code of a handshake, `null` when it succeeds. */
async function handshake(servername: string, ca: string): Promise<string | null> {
  const server = createServer({ cert: made.cert, key: made.key }, (socket) => socket.end());
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port, servername, ca });
  try {
    await once(socket, 'secureConnect');
    return null;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    socket.destroy();
    server.close();
    await once(server, 'close');
  }
}

describe('createDemoCertificates', () => {
  for (const host of HOSTS) {
    test(`whoever trusts the authority reaches ${host}`, async () =>
      assert.equal(await handshake(host, made.ca), null));
  }

  test('another host name is refused', async () => {
    assert.equal(await handshake('other.example.com', made.ca), 'ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('another run’s authority does not vouch for it', async () => {
    assert.notEqual(await handshake(HOSTS[0]!, createDemoCertificates(HOSTS).ca), null);
  });

  test('the authority signs nothing but servers, and the server signs nothing', () => {
    const [authority, server] = [new X509Certificate(made.ca), new X509Certificate(made.cert)];
    assert.equal(authority.ca, true);
    assert.equal(server.ca, false);
    assert.ok(server.verify(authority.publicKey) && server.checkIssued(authority));
    assert.equal(server.subjectAltName, 'DNS:apiv1.example.com, DNS:apiv2.example.com');
    assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  });

  test('it is good for a week, and already was yesterday', () => {
    const now = Date.parse('2031-05-06T07:08:09Z');
    const { cert } = createDemoCertificates(HOSTS, now);
    const { validFrom, validTo } = new X509Certificate(cert);
    assert.deepEqual([Date.parse(validFrom), Date.parse(validTo)], [now - 86_400_000, now + 7 * 86_400_000]);
  });

  test('many names make a longer certificate, which is still well-formed', () => {
    const hosts = Array.from({ length: 40 }, (_, i) => `service-${i}.internal.example.com`);
    const { cert } = createDemoCertificates(hosts);
    assert.equal(new X509Certificate(cert).subjectAltName!.split(', ').length, 40);
  });
});
