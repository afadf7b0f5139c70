import assert from 'node:assert/strict';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startHttp2, startRelay } from './relay.ts';
import { statusOf, until } from './support.ts';

/**
 * R9, R68: a body that was begun exists once. An upstream that turns a request away in the middle of it must not have
 * the rest of it sent again as if that were all.
 */

const TURNED_AWAY: readonly (readonly [name: string, how: (stream: ServerHttp2Stream) => void])[] = [
  ['refuses the stream', (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM)],
  [
    'leaves, and says that it has looked at nothing',
    (stream) => {
      stream.session!.goaway(constants.NGHTTP2_NO_ERROR, 0);
      setImmediate(() => stream.session?.destroy());
    },
  ],
];

for (const [name, turnAway] of TURNED_AWAY) {
  test(`an upstream that ${name} in the middle of a body gets no second half as a whole`, async () => {
    const bodies: string[] = [];
    const whole: string[] = [];
    let turnedAway = false;
    const serve = (stream: ServerHttp2Stream): void => {
      const at = bodies.push('') - 1;
      stream.on('data', (chunk: Buffer) => {
        bodies[at] += chunk.toString('latin1');
        if (turnedAway) return;
        turnedAway = true;
        turnAway(stream);
      });
      stream.on('end', () => {
        if (stream.closed) return;
        whole.push(bodies[at] as string);
        stream.respond({ ':status': 200 }, { endStream: true });
      });
    };
    await using one = await startHttp2(serve);
    await using other = await startHttp2(serve);
    const endpoints = [{ url: one.url }, { url: other.url }];
    await using relay = await startRelay({ balance: { endpoints, policy: 'round-robin' } });
    let answer = '';
    const client = connect(relay.port, '127.0.0.1', () =>
      client.write(
        'POST / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst \r\n',
      ),
    );
    client.setEncoding('latin1').on('error', () => {});
    client.on('data', (text) => {
      answer += text;
    });
    const ended = new Promise((resolve) => client.on('close', resolve));
    await until(() => turnedAway);
    setTimeout(() => client.write('6\r\nsecond\r\n0\r\n\r\n'), 50);
    await ended;
    assert.ok(statusOf(answer) >= 502, answer);
    assert.deepEqual([whole, bodies], [[], ['first ']]);
  });
}
