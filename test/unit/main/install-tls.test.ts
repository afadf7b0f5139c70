import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installConfig } from '../../../src/main/install.ts';

const FILES = { cert: 'a.crt', key: 'a.key' };
const FURTHER = { cert: 'b.crt', key: 'b.key' };

test('without a word of TLS listeners speak plain HTTP', () => {
  const { tls, redirectListen } = installConfig({}, {}, {});
  assert.deepEqual([tls, redirectListen], [null, null]);
});

test('every certificate may be a Secret', () => {
  const { tls } = installConfig({}, {}, { tls: {} });
  assert.deepEqual(tls, { certificates: [], clientCa: null, clientCertificate: 'none' });
});

test('the default certificate comes first, and a flag replaces it alone', () => {
  const file = { tls: { ...FILES, certificates: [FURTHER], clientCa: 'ca.crt' } };
  const flag = { cert: 'flag.crt', key: 'flag.key' };
  const { tls } = installConfig({ tls: flag }, { OSTIARY_TLS_CLIENT_CERTIFICATE: 'optional' }, file);
  assert.deepEqual(tls, { certificates: [flag, FURTHER], clientCa: 'ca.crt', clientCertificate: 'optional' });
});

test('who names authorities of clients asks for their certificates', () => {
  const { tls } = installConfig({}, {}, { tls: { ...FILES, clientCa: 'ca.crt' } });
  assert.equal(tls!.clientCertificate, 'required');
});

test('settings that make no sense are refused', () => {
  const variables = { OSTIARY_TLS_CERT: 'a.crt', OSTIARY_TLS_KEY: 'a.key' };
  assert.throws(() => installConfig({}, { OSTIARY_TLS_CERT: 'a.crt' }, {}), /a certificate and its key go together/);
  const need = { ...variables, OSTIARY_TLS_CLIENT_CERTIFICATE: 'required' };
  assert.throws(() => installConfig({}, need, {}), /client certificates need clientCa/);
  const typo = { ...variables, OSTIARY_TLS_CLIENT_CERTIFICATE: 'sometimes' };
  assert.throws(() => installConfig({}, typo, {}), /"sometimes" is not optional or required/);
  assert.throws(
    () => installConfig({}, { OSTIARY_REDIRECT_LISTEN: '127.0.0.1:80' }, {}),
    /needs a listener that speaks/,
  );
});
