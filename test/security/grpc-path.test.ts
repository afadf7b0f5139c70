import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGrpcPath } from '../../src/gateway/grpc/path.ts';
import { startEngine } from '../support/http2-engine.ts';
import { connectFrames, headersFrame, request } from '../support/http2-frames.ts';

/** R58: a method has one spelling, so that a rule about it cannot be walked around. */

for (const path of ['pkg.Svc/Method', 'http:pkg.Svc/Method', '*', '']) {
  test(`a call of ${JSON.stringify(path)}, without a slash in front, reaches nobody (CVE-2026-33186)`, async () => {
    await using engine = await startEngine();
    using client = await connectFrames(engine.port);
    client.send(headersFrame(1, request([['content-type', 'application/grpc']], { ':method': 'POST', ':path': path })));
    const end = await client.end(1);
    assert.ok(end.kind !== 'answer' || end.status === 400, JSON.stringify(end));
    assert.equal(engine.heads.length, 0);
  });
}

test('a second slash in front is the same path, and so the same method', async () => {
  await using engine = await startEngine();
  using client = await connectFrames(engine.port);
  client.send(headersFrame(1, request([], { ':method': 'POST', ':path': '//pkg.Svc/Method' })));
  await client.end(1);
  assert.equal(engine.heads[0]?.path, '/pkg.Svc/Method');
});

for (const path of [
  '/pkg.Svc/Method/',
  '/pkg.Svc/Method/more',
  '/pkg.Svc',
  '/pkg.Svc/',
  '/pkg%2ESvc/Method',
  '/a/b.Svc/Method',
]) {
  test(`${path} is no method`, () => assert.equal(parseGrpcPath(path), null));
}
