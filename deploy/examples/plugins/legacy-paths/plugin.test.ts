import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptRequest } from 'ostiary/plugin';
import { onRequest, onResponse } from './plugin.ts';

const request = (path: string): ScriptRequest => {
  return { method: 'GET', path, query: '', headers: {}, clientAddress: '192.0.2.1', body: null };
};
const config = { moved: { '/old': '/new' }, gone: ['/never'], sunset: 'Sat, 31 Dec 2033 23:59:59 GMT' };
const context = { requestId: '1', service: 'api', config, user: null, session: null };

test('a path that has moved is asked for where it is now', () => {
  const expected = { path: '/new', headers: { 'x-original-path': '/old' } };
  assert.deepEqual(onRequest(request('/old'), context), expected);
});

test('a path that is gone is not asked for', () => {
  const expected = { answer: { status: 410, body: '/never is no longer there.\n' } };
  assert.deepEqual(onRequest(request('/never'), context), expected);
});

test('other paths are left alone, whatever objects have anyhow', () => {
  assert.equal(onRequest(request('/new'), context), undefined);
  assert.equal(onRequest(request('constructor'), context), undefined);
});

test('who asks for an old path is told until when it is there', () => {
  const response = { status: 200, headers: {} };
  const expected = { headers: { sunset: config.sunset, link: '</new>; rel="successor-version"' } };
  assert.deepEqual(onResponse(response, { ...context, request: request('/old') }), expected);
  assert.equal(onResponse(response, { ...context, request: request('/new') }), undefined);
});
