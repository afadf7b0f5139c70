import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestAuthority } from '../support/certificates.ts';
import { ManualBody } from '../support/manual-body.ts';
import {
  outcomeOf,
  type RawServer,
  Recorded,
  sendOn,
  serve,
  transportTo,
  turns,
  until,
} from '../unit/upstream/http1/support.ts';

/**
 * R10, R11 (CVE-2026-48931, GHSA-35p6-xmwp-9g52, CVE-2025-4366): one answer for each request. Whoever makes an upstream
 * answer twice must not have its second answer given to the next user of the connection.
 */

const EVIL = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil';
/** Where the first read of a connection ends, its second one, and the last one of its share of a turn. */
const READS = [16 * 1024, 80 * 1024, 528 * 1024] as const;
const authority = new TestAuthority();
const pair = authority.server({ dns: ['localhost'], ip: ['127.0.0.1'] });

/** An answer that fills `bytes` to the last one. */
function filling(bytes: number, framing: 'length' | 'chunked'): string {
  const head = `HTTP/1.1 200 OK\r\n`;
  if (framing === 'length') {
    const length = bytes - `${head}content-length: 000000\r\n\r\n`.length;
    return `${head}content-length: ${String(length).padStart(6, '0')}\r\n\r\n${'a'.repeat(length)}`;
  }
  const frame = `${head}transfer-encoding: chunked\r\n\r\n00000\r\n\r\n0\r\n\r\n`.length;
  const size = (bytes - frame).toString(16).padStart(5, '0');
  return `${head}transfer-encoding: chunked\r\n\r\n${size}\r\n${'a'.repeat(bytes - frame)}\r\n0\r\n\r\n`;
}

/** Two requests for a transport that has one connection: what became of the second one. */
async function second(server: RawServer, secure = false): Promise<string> {
  const url = secure ? `https://localhost:${server.port}` : `http://127.0.0.1:${server.port}`;
  const transport = transportTo(server.port, { url, ca: authority.ca, limits: { connections: 1 } });
  const attempts = [new Recorded(), new Recorded()] as const;
  for (const attempt of attempts) transport.send(attempt);
  await outcomeOf(attempts[0]);
  const outcome = await outcomeOf(attempts[1]);
  await transport.close();
  return outcome;
}

function poisoned(first: string): Parameters<typeof serve>[0] {
  const good = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood';
  return (socket, request, connection) => {
    if (connection === 0 && request === 0) socket.write(first + EVIL);
    else if (connection > 0) socket.write(good);
  };
}

for (const secure of [false, true]) {
  for (const framing of ['length', 'chunked'] as const) {
    for (const bytes of [100, ...READS]) {
      const how = `${secure ? 'TLS, ' : ''}${framing}, ${bytes} bytes`;
      test(`an answer behind another one is nobody's: ${how} (CVE-2026-48931, GHSA-35p6-xmwp-9g52)`, async () => {
        await using server = await serve(poisoned(filling(bytes, framing)), secure ? pair : undefined);
        assert.equal(await second(server, secure), '200 good');
      });
    }
  }
}

const HEAD = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const CHUNKS = '1\r\na\r\n1\r\nb\r\n0\r\n\r\n';

for (const secure of [false, true]) {
  test(`nor is one that comes while a reader is slow${secure ? ', over TLS' : ''}`, async () => {
    await using server = await serve(
      (socket, request, connection) => {
        if (connection > 0) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood');
        else if (request === 0) socket.write(HEAD);
      },
      secure ? pair : undefined,
    );
    const say = async (text: string): Promise<void> => {
      await new Promise((resolve) => server.sockets[0]!.write(text, resolve));
      await turns(20);
    };
    const url = secure ? `https://localhost:${server.port}` : `http://127.0.0.1:${server.port}`;
    const transport = transportTo(server.port, { url, ca: authority.ca, limits: { connections: 1 } });
    const [slow, next] = [new Recorded(), new Recorded()];
    transport.send(slow);
    transport.send(next);
    await slow.settled;
    const { body } = slow.response!;
    let taken = '';
    body!.pipe({
      write: (chunk) => {
        taken += Buffer.from(chunk).toString('latin1');
        return taken !== 'a';
      },
      end: () => {},
      fail: () => {},
    });
    await say(CHUNKS);
    await until(() => taken === 'a');
    await say(EVIL);
    body!.resume();
    await slow.ended;
    assert.equal(taken, 'ab');
    assert.equal(await outcomeOf(next), '200 good');
    await transport.close();
  });
}

const ANNOUNCED: Readonly<Record<string, string>> = {
  'a length': `content-length: ${EVIL.length}\r\n`,
  chunks: 'transfer-encoding: chunked\r\n',
};

for (const [what, field] of Object.entries(ANNOUNCED)) {
  test(`the body of a 204, which announced ${what}, is no answer to the next request`, async () => {
    await using server = await serve((socket, request, connection) => {
      if (connection > 0) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood');
      else if (request === 0) socket.write(`HTTP/1.1 204 No Content\r\n${field}\r\n`);
      else socket.write(EVIL);
    });
    assert.equal(await second(server), '200 good');
  });
}

for (const status of ['200 OK', '400 Bad Request']) {
  test(`a ${status} in front of the end of its request is the last answer of its connection (CVE-2025-4366)`, async () => {
    await using server = await serve((socket, _request, connection) => {
      socket.write(`HTTP/1.1 ${connection === 0 ? status : '200 OK'}\r\ncontent-length: 4\r\n\r\ngood`);
    });
    const transport = transportTo(server.port, { limits: { connections: 1 } });
    const upload = new ManualBody(100);
    const early = new Recorded({ method: 'POST', body: upload });
    transport.send(early);
    await until(() => upload.sink !== null);
    upload.write('GET /smuggled HTTP/1.1\r\n');
    assert.equal(await outcomeOf(early), `${status.slice(0, 3)} good`);
    assert.equal(await outcomeOf(await sendOn(transport)), '200 good');
    assert.equal(server.received.length, 2);
    assert.match(server.received[1] as string, /^GET \/ HTTP\/1\.1\r\n/);
    await transport.close();
  });
}
