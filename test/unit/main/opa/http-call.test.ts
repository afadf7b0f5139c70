import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, test } from 'node:test';
import { type HttpCall, HttpCaller } from '../../../../src/main/opa/http-call.ts';

const caller = new HttpCaller();
after(() => caller.close());

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<HttpCall> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close().closeAllConnections());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return { url, method: 'POST', headers: {}, body: '{"é":1}', timeout: 300, maxBody: 100 };
}

/** What came, as text. */
async function answer(call: HttpCall): Promise<string> {
  const given = await caller.call(call);
  return given.kind === 'failed' ? given.message : `${given.status} ${given.body.toString()}`;
}

test('the body arrives whole, with its length', async () => {
  const call = await serve((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => response.end(`${request.headers['content-length']} ${Buffer.concat(parts)}`));
  });
  assert.equal(await answer(call), '200 8 {"é":1}');
});

test('a kept connection that the other side has closed is no failure: it is asked again on a new one', async () => {
  const used = new Set<Socket>();
  const call = await serve((request, response) => {
    if (used.has(request.socket)) request.socket.resetAndDestroy();
    else response.end('once');
    used.add(request.socket);
  });
  assert.equal(await answer(call), '200 once');
  assert.equal(await answer(call), '200 once');
  assert.equal(used.size, 2);
});

test('a new connection that is closed is a failure, and is not tried again', async () => {
  let asked = 0;
  const call = await serve((request) => {
    asked += 1;
    request.socket.resetAndDestroy();
  });
  assert.match(await answer(call), /ECONNRESET|hang up/);
  assert.equal(asked, 1);
});

test('the whole answer must be there in time', async () => {
  const call = await serve((_, response) => void response.write('{'));
  const begun = performance.now();
  assert.equal(await answer(call), 'no answer within 300 ms');
  assert.ok(performance.now() - begun < 2000);
});

test('limits, other answers, and what cannot be sent', async () => {
  const long = await serve((_, response) => void response.end('x'.repeat(101)));
  assert.equal(await answer(long), 'its answer has more than 100 bytes');
  const moved = await serve((_, response) => void response.writeHead(307, { location: '/x' }).end());
  assert.equal(await answer(moved), '307 ');
  assert.match(await answer({ ...moved, headers: { authorization: 'a\nb' } }), /Invalid character/);
  assert.match(await answer({ ...moved, url: new URL('http://127.0.0.1:1/') }), /ECONNREFUSED|bad port/i);
});
