import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressBook } from '../../../src/upstream/addresses.ts';
import { UpstreamFailure } from '../../../src/upstream/failures.ts';

/** A name with the addresses that `answers` gives one after the other, at a time that a test moves. */
function named(...answers: (readonly string[] | Error)[]) {
  const time = { now: 1000 };
  const asked: string[] = [];
  const book = new AddressBook(
    { host: 'api.example', port: 80 },
    { now: () => time.now, monotonic: () => time.now },
    async (host) => {
      asked.push(host);
      const given = answers[Math.min(asked.length, answers.length) - 1]!;
      if (given instanceof Error) throw given;
      return given;
    },
  );
  const host = async () => (await book.address()).host;
  return { book, time, asked, host };
}

const NOT_FOUND = Object.assign(new Error('getaddrinfo ENOTFOUND api.example'), { code: 'ENOTFOUND' });

test('an address is not looked up', () => {
  for (const host of ['192.0.2.1', '::1']) {
    const book = new AddressBook({ host, port: 1 }, { now: () => 0, monotonic: () => 0 }, () => assert.fail('asked'));
    assert.deepEqual(book.address(), { host, port: 1 });
  }
});

test('a name is looked up once, by however many connections, and again after 30 s', async () => {
  const { book, time, asked, host } = named(['192.0.2.1'], ['192.0.2.2']);
  assert.deepEqual(await Promise.all([host(), host()]), ['192.0.2.1', '192.0.2.1']);
  time.now += 29_000;
  assert.deepEqual(book.address(), { host: '192.0.2.1', port: 80 });
  assert.equal(asked.length, 1);
  time.now += 2_000;
  await host();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked.length, 2);
  assert.equal(await host(), '192.0.2.2');
});

test('an answer that is very old is not used while a new one is on its way', async () => {
  const { time, host } = named(['192.0.2.1'], ['192.0.2.2']);
  await host();
  time.now += 3_600_000;
  assert.equal(await host(), '192.0.2.2');
});

test('the last good answer is kept when the resolver fails', async () => {
  const { time, asked, host } = named(['192.0.2.1'], NOT_FOUND, []);
  await host();
  time.now += 3_600_000;
  assert.equal(await host(), '192.0.2.1');
  time.now += 3_600_000;
  assert.equal(await host(), '192.0.2.1');
  assert.equal(asked.length, 3);
});

test('a name that has no address is upstream-unreachable, and is asked for again the next time', async () => {
  const { host } = named(NOT_FOUND, ['192.0.2.1']);
  await assert.rejects(
    host(),
    (error) =>
      error instanceof UpstreamFailure && error.reason === 'upstream-unreachable' && /ENOTFOUND/.test(error.message),
  );
  assert.equal(await host(), '192.0.2.1');
});

test('when connecting fails the next address has its turn, once for all who say so', async () => {
  const { book, host } = named(['::1', '127.0.0.1']);
  assert.equal(await host(), '::1');
  const first = book.current;
  book.failed(first);
  book.failed(first);
  assert.equal(await host(), '127.0.0.1');
  book.failed(book.current);
  assert.equal(await host(), '::1');
});

test('connections that began before the name was known blame its first address', async () => {
  const { book, host } = named(['::1', '127.0.0.1']);
  await host();
  book.failed(null);
  book.failed(null);
  assert.equal(await host(), '127.0.0.1');
});

test('an address that works stays when the name is looked up again', async () => {
  const { book, time, host } = named(['::1', '127.0.0.1'], ['127.0.0.1', '::1']);
  let moved = 0;
  book.moved = () => moved++;
  await host();
  book.failed(book.current);
  time.now += 3_600_000;
  assert.equal(await host(), '127.0.0.1');
  assert.equal(moved, 0);
});

test('connections that live on are told when their address is gone from the name', async () => {
  const { book, time, host } = named(['192.0.2.1'], ['192.0.2.2']);
  let moved = 0;
  book.moved = () => moved++;
  await host();
  book.refresh(time.now + 29_000);
  time.now += 31_000;
  book.refresh(time.now);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(moved, 1);
  assert.equal(await host(), '192.0.2.2');
});
