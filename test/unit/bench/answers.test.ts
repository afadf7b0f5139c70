import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerLength, statusOf } from '../../bench/load/answers.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';

test('where an answer ends', () => {
  assert.equal(answerLength(`${HEAD}hello`), HEAD.length + 5);
  assert.equal(answerLength(`${HEAD}helloHTTP/1.1`), HEAD.length + 5, 'what follows is the next one');
  assert.equal(answerLength(`${HEAD}hel`), 'incomplete');
  assert.equal(answerLength('HTTP/1.1 200 OK\r\nContent-Le'), 'incomplete');
  assert.equal(answerLength('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), 'unknown');
});

test('its status', () => {
  assert.equal(statusOf('HTTP/1.1 503 Service Unavailable\r\n'), 503);
});
