/** Requests for hosts that the handshake was not for (R73): HTTP/1.1 and HTTP/2, with and without client certificates. */
import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { TestAuthority } from '../support/certificates.ts';
import { tlsWith } from '../support/tls-settings.ts';
import { startRecorder, statusOf } from './support.ts';

const authority = new TestAuthority();
const client = authority.client({ subject: [['CN', 'robot']] });
const pairs = [
  authority.server({ dns: ['first.example', 'api.first.example'] }),
  authority.server({ dns: ['*.second.example'] }),
  authority.server({ dns: ['exact.second.example'] }),
];
const OPEN = tlsWith(pairs);
const MUTUAL = tlsWith(pairs, { ca: authority.ca, mode: 'optional' });

const CASES: readonly (readonly [servername: string, host: string, status: number, mutual: number])[] = [
  ['first.example', 'first.example', 200, 200],
  ['first.example', 'FIRST.example.', 200, 200],
  ['FIRST.example', 'first.example', 200, 200],
  ['first.example', 'api.first.example', 200, 421],
  ['first.example', 'a.second.example', 421, 421],
  ['a.second.example', 'b.second.example', 200, 421],
  ['a.second.example', 'exact.second.example', 421, 421],
  ['first.example', 'elsewhere.example', 421, 421],
  ['', 'first.example', 200, 421],
];

for (const [servername, host, open, mutual] of CASES) {
  for (const [tls, status, kind] of [
    [OPEN, open, 'one'],
    [MUTUAL, mutual, 'one that asks for client certificates'],
  ] as const) {
    test(`after a handshake for ${servername || 'no name'}, ${host} is answered ${status} on ${kind}`, async () => {
      await using recorder = await startRecorder({ tls });
      assert.equal(await askHttp1(recorder.port, servername, host), status);
      assert.equal(await askHttp2(recorder.port, servername, host), status);
      assert.equal(recorder.heads.length, status === 200 ? 2 : 0);
      for (const refused of recorder.unparsed) assert.equal(refused.reason, 'authority-mismatch');
    });
  }
}

function askHttp1(port: number, servername: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const request = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const options = { host: '127.0.0.1', port, servername, rejectUnauthorized: false, ...client };
    const socket = connect(options, () => socket.write(request));
    socket.setEncoding('latin1').on('data', (text) => {
      answer += text;
    });
    socket.on('close', () => resolve(statusOf(answer))).on('error', reject);
  });
}

function askHttp2(port: number, servername: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { servername, rejectUnauthorized: false, ...client };
    const session = connectHttp2(`https://127.0.0.1:${port}`, options).on('error', reject);
    const stream = session.request({ ':authority': host }).on('error', reject);
    stream.on('response', (headers) => {
      resolve(Number(headers[':status']));
      session.destroy();
    });
  });
}
