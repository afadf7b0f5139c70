import assert from 'node:assert/strict';
import { request as httpsRequest } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { createDemoCertificates } from '../../../src/dev/demo-certificates.ts';
import type { EchoedRequest } from '../../../src/dev/echo-page.ts';
import { type EchoUpstream, startEchoUpstream } from '../../../src/dev/echo-upstream.ts';

describe('startEchoUpstream', () => {
  let echo: EchoUpstream;
  before(async () => {
    echo = await startEchoUpstream({ name: 'echo' });
  });
  after(() => echo.close());

  async function echoed(path: string, init: RequestInit = {}): Promise<EchoedRequest> {
    const response = await fetch(`${echo.url}${path}`, init);
    assert.equal(response.headers.get('content-type'), 'application/json');
    return (await response.json()) as EchoedRequest;
  }

  test('answers with what it received', async () => {
    const headers = { authorization: 'Bearer upstream-token', 'x-marker': 'm' };
    const got = await echoed('/a/b?c=d&e', { method: 'PUT', headers, body: 'grüße' });
    const { service, method, path, query, body, bodyBytes } = got;
    assert.deepEqual(
      { service, method, path, query, body, bodyBytes },
      { service: 'echo', method: 'PUT', path: '/a/b', query: 'c=d&e', body: 'grüße', bodyBytes: 7 },
    );
    assert.equal(got.headers.authorization, 'Bearer upstream-token');
    assert.equal(got.headers['x-marker'], 'm');
  });

  test('keeps 64 KiB of a longer body, and says how long it was', async () => {
    const got = await echoed('/', { method: 'POST', body: 'x'.repeat(200_000) });
    assert.equal(got.body.length, 65_536);
    assert.equal(got.bodyBytes, 200_000);
  });

  test('shows a browser a page, with everything escaped', async () => {
    const headers = {
      accept: 'text/html,*/*',
      'x-user': 'alice',
      'x-user-email': 'a@example.com',
      'x-attack': '<script>',
    };
    const response = await fetch(`${echo.url}/<b>?q="><script>`, { headers });
    const markup = await response.text();
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(markup, /Hello alice/);
    assert.match(markup, /a@example\.com/);
    assert.match(markup, /&lt;script&gt;/);
    assert.doesNotMatch(markup, /<script/);
  });

  test('says so when it was not told who asks', async () => {
    const response = await fetch(echo.url, { headers: { accept: 'text/html' } });
    assert.match(await response.text(), /nothing about who you are/);
  });

  test('speaks HTTPS with a certificate', async () => {
    const { ca, cert, key } = createDemoCertificates(['apiv1.example.com']);
    const secure = await startEchoUpstream({ name: 'apiv1', tls: { cert, key } });
    try {
      const got = await new Promise<EchoedRequest>((resolve, reject) => {
        const options = { host: secure.host, port: secure.port, servername: 'apiv1.example.com', ca, agent: false };
        httpsRequest(options, async (response) => {
          let text = '';
          for await (const chunk of response) text += chunk;
          resolve(JSON.parse(text) as EchoedRequest);
        })
          .on('error', reject)
          .end();
      });
      assert.equal(got.service, 'apiv1');
    } finally {
      await secure.close();
    }
  });

  test('a port that is taken is an error', async () => {
    await assert.rejects(startEchoUpstream({ name: 'second', port: echo.port }), { code: 'EADDRINUSE' });
  });
});
