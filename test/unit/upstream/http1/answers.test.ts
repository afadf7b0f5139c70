import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDemoCertificates } from '../../../../src/dev/demo-certificates.ts';
import { answering, ask, Collected, outcomeOf, Recorded, sendOn, serve, transportTo, turns, until } from './support.ts';

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

const COMPLETE: readonly (readonly [name: string, answer: string, outcome: string, kept: boolean])[] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', '200 hello', true],
  ['chunks', `${CHUNKED}5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n`, '200 hello world', true],
  ['chunks and trailers', `${CHUNKED}2\r\nok\r\n0\r\nX-Checksum: 1\r\n\r\n`, '200 ok', true],
  ['no chunk', `${CHUNKED}0\r\n\r\n`, '200 ', true],
  ['the end of the connection', 'HTTP/1.1 200 OK\r\n\r\nhello', '200 hello', false],
  ['the end of the connection at once', 'HTTP/1.1 200 OK\r\n\r\n', '200 ', false],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', '204', true],
  ['304 with the length of what it stands for', 'HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n', '304', true],
  ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok', '200 ok', false],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', '200 ok', false],
  ['HTTP/1.0 kept', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok', '200 ok', true],
  ['no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', '200 ok', true],
  ['bytes behind it', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP', '200 ok', false],
  ['bytes behind no body', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok', '204', false],
  ['bytes behind the last chunk', `${CHUNKED}2\r\nok\r\n0\r\n\r\nX`, '200 ok', false],
];

for (const [name, answer, outcome, kept] of COMPLETE) {
  test(`an answer with ${name}: in one piece, byte by byte, and with its body later`, async () => {
    const bodyAt = answer.indexOf('\r\n\r\n') + 4;
    for (const pieces of [[answer], [answer.slice(0, bodyAt), answer.slice(bodyAt)], [...answer]]) {
      await using server = await serve(async (socket) => {
        for (const piece of pieces) {
          if (socket.writable && piece !== '') socket.write(piece, 'latin1');
          await turns(2);
        }
        if (name.includes('end of the connection')) socket.end();
      });
      const transport = transportTo(server.port);
      const attempt = await sendOn(transport);
      assert.equal(await outcomeOf(attempt), outcome);
      assert.deepEqual(attempt.told, ['answered', 'over']);
      assert.equal(attempt.whole, true);
      if (!kept) await until(() => transport.connections === 0);
      await turns(2);
      assert.equal(transport.connections, kept ? 1 : 0, `${pieces.length} pieces`);
      await transport.close();
      assert.equal(transport.connections, 0);
    }
  });
}

test('HEAD has no body, whatever its head says', async () => {
  for (const framing of ['Content-Length: 10', 'Transfer-Encoding: chunked', 'X: 1']) {
    await using server = await answering(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`);
    const transport = transportTo(server.port);
    assert.equal(await ask(transport, { method: 'HEAD' }), '200');
    assert.equal(await ask(transport, { method: 'HEAD' }), '200');
    assert.equal(server.sockets.length, 1);
    await transport.close();
  }
});

const TRUNCATED: readonly (readonly [name: string, answer: string])[] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
  ['a length and nothing', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'],
  ['a chunk', `${CHUNKED}a\r\nhalf`],
  ['chunks without the last one', `${CHUNKED}4\r\nhalf\r\n`],
  ['chunks without the last line', `${CHUNKED}4\r\nhalf\r\n0\r\n`],
];

for (const [name, answer] of TRUNCATED) {
  test(`an answer with ${name} that is cut off never looks complete`, async () => {
    for (const ending of ['end', 'destroy', 'resetAndDestroy'] as const) {
      await using server = await serve((socket) => socket.write(answer, () => setImmediate(() => socket[ending]())));
      const transport = transportTo(server.port);
      const attempt = await sendOn(transport);
      assert.equal(await outcomeOf(attempt), '200 cut off');
      assert.deepEqual(attempt.told, ['answered', 'over']);
      assert.equal(attempt.whole, false);
      assert.equal(transport.connections, 0);
    }
  });
}

test('an answer that ends with its connection is not complete after a reset', async () => {
  await using server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nhalf'));
  const transport = transportTo(server.port);
  const attempt = await sendOn(transport);
  const outcome = outcomeOf(attempt);
  await turns(3);
  server.sockets[0]?.resetAndDestroy();
  assert.equal(await outcome, '200 cut off');
});

test('an answer that is cut off before anybody reads it is told so later', async () => {
  await using server = await answering('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
  const transport = transportTo(server.port);
  const attempt = await sendOn(transport);
  attempt.cancel?.(
    new (await import('../../../../src/upstream/failures.ts')).UpstreamFailure('upstream-timeout', 'late'),
  );
  assert.equal(attempt.whole, false);
  assert.equal(await outcomeOf(attempt), '200 cut off');
});

const MALFORMED: readonly (readonly [name: string, answer: string])[] = [
  ['a chunk size', `${CHUNKED}2\r\nok\r\nx\r\n`],
  ['a chunk end', `${CHUNKED}2\r\nokXX0\r\n\r\n`],
  ['a bare LF behind a chunk', `${CHUNKED}2\r\nok\n0\r\n\r\n`],
  ['a trailer', `${CHUNKED}2\r\nok\r\n0\r\nX Y: 1\r\n\r\n`],
];

for (const [name, answer] of MALFORMED) {
  test(`${name} that is malformed cuts the answer off and ends the connection`, async () => {
    await using server = await answering(answer);
    const transport = transportTo(server.port);
    assert.equal(await ask(transport), '200 cut off');
    assert.equal(transport.connections, 0);
  });
}

const INVALID: readonly (readonly [name: string, answer: string])[] = [
  ['a transfer coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['two chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['the same length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
  ['an interim answer with a length', 'HTTP/1.1 103 Hints\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n'],
  ['an interim answer in chunks', 'HTTP/1.1 103 Hints\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['an empty line first', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['HTTP/2.0', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a folded line', 'HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\n\r\n'],
  ['a blank before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
  ['too many fields', `HTTP/1.1 200 OK\r\n${'X: 1\r\n'.repeat(21)}\r\n`],
  ['too large a head', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(5000)}\r\n\r\n`],
  ['a head without an end', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(5000)}`],
  ['too many interim answers', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(17)],
];

for (const [name, answer] of INVALID) {
  test(`${name} is upstream-invalid, and ends the connection`, async () => {
    await using server = await answering(answer);
    const transport = transportTo(server.port);
    const attempt = await sendOn(transport);
    assert.equal(attempt.failure?.reason, 'upstream-invalid');
    assert.equal(attempt.sent, true);
    assert.deepEqual(attempt.told, ['failed']);
    assert.equal(transport.connections, 0);
  });
}

test('interim answers pass filtered, 100 and unknown ones do not', async () => {
  const interims = [
    '100 Continue\r\nX: 1',
    '103 Early Hints\r\nLink: </a>\r\nX-Ostiary-Evil: 1\r\nSet-Cookie: ostiary-session=1',
    '102 Processing',
    '199 What\r\nX: 1',
  ].map((interim) => `HTTP/1.1 ${interim}\r\n\r\n`);
  await using server = await answering(`${interims.join('')}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`);
  const transport = transportTo(server.port);
  const attempt = await sendOn(transport);
  assert.equal(attempt.response?.status, 200);
  assert.deepEqual(
    attempt.interims.map(([status, headers]) => [status, headers.flat]),
    [
      [103, ['link', '</a>']],
      [102, []],
    ],
  );
  await transport.close();
});

test('a client that reads slowly is no upstream that is slow', async () => {
  await using server = await serve((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc`);
  });
  const transport = transportTo(server.port, { timeouts: { idle: 40 } });
  const { response } = await sendOn(transport);
  const seen: string[] = [];
  const cut = Promise.withResolvers<Error>();
  response!.body!.pipe({
    write: (chunk) => {
      seen.push(Buffer.from(chunk).toString());
      return false;
    },
    end: () => assert.fail('complete'),
    fail: cut.resolve,
  });
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.deepEqual(seen, ['abc']);
  assert.equal(transport.connections, 1, 'paused, so nothing is late');
  response!.body!.resume();
  assert.match((await cut.promise).message, /stopped/);
});

const certificates = createDemoCertificates(['a.example']);
const TOTAL = 8 * 1024 * 1024;

for (const tls of [undefined, certificates]) {
  for (const framing of ['length', 'chunked'] as const) {
    test(`memory that is lent is left alone: ${tls === undefined ? 'cleartext' : 'TLS'}, ${framing}`, async () => {
      const numbers = Buffer.alloc(TOTAL);
      for (let i = 0; i < TOTAL; i += 4) numbers.writeUInt32LE(i, i);
      await using server = await serve((socket) => {
        socket.write(
          `HTTP/1.1 200 OK\r\n${framing === 'length' ? `Content-Length: ${TOTAL}` : 'Transfer-Encoding: chunked'}\r\n\r\n`,
        );
        const step = framing === 'length' ? TOTAL : 40_000;
        for (let at = 0; at < TOTAL; at += step) {
          const piece = numbers.subarray(at, at + step);
          if (framing === 'chunked') socket.write(`${piece.length.toString(16)}\r\n`);
          socket.write(piece);
          if (framing === 'chunked') socket.write('\r\n');
        }
        if (framing === 'chunked') socket.write('0\r\n\r\n');
      }, tls);
      const transport = transportTo(server.port, tls && { url: 'https://a.example', ca: tls.ca });
      const { body } = (await sendOn(transport)).response!;
      let at = 0;
      let lent: Uint8Array = Buffer.alloc(0);
      let turn = 0;
      let done = false;
      const check = (): void => {
        assert.ok(numbers.subarray(at, at + lent.byteLength).equals(lent), `changed at ${at}`);
        at += lent.byteLength;
        lent = Buffer.alloc(0);
      };
      body!.pipe({
        write: (chunk) => {
          assert.equal(lent.byteLength, 0, 'more, although it was told to wait');
          lent = chunk;
          turn++;
          if (turn % 3 !== 0) {
            setTimeout(() => {
              check();
              body!.resume();
            }, 0);
            return false;
          }
          check();
          return true;
        },
        end: () => {
          done = true;
        },
        fail: (error) => assert.fail(error),
      });
      await until(() => done && at === TOTAL);
      await transport.close();
    });
  }
}

test('a body that nobody wants any more ends its connection, before it is read and after', async () => {
  await using server = await answering('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
  const transport = transportTo(server.port);
  for (const pipes of [false, true]) {
    const attempt = await sendOn(transport);
    const sink = new Collected();
    if (pipes) attempt.response!.body!.pipe(sink);
    attempt.response!.body!.destroy();
    assert.deepEqual(attempt.told, ['answered', 'over']);
    assert.equal(attempt.whole, false);
    assert.equal(sink.failure, null);
    assert.equal(transport.connections, 0);
  }
});

test('an answer that does not begin in time is upstream-timeout, also when interim ones keep coming', async () => {
  await using server = await serve((socket) => {
    const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 10);
    socket.once('close', () => clearInterval(timer));
  });
  const transport = transportTo(server.port, { timeouts: { firstByte: 60 } });
  const attempt = new Recorded();
  transport.send(attempt);
  assert.match(await outcomeOf(attempt), /^upstream-timeout/);
});

test('a reader that throws ends its own answer, and nothing else', async () => {
  await using server = await answering('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
  const transport = transportTo(server.port);
  const attempt = await sendOn(transport);
  const sink = new Collected();
  sink.write = () => {
    throw new Error('a fault');
  };
  attempt.response!.body!.pipe(sink);
  await attempt.ended;
  assert.equal(sink.failure?.message, 'a fault');
  assert.equal(transport.connections, 0);
});
