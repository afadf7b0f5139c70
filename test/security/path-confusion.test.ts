import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, type Recorder, startRecorder, statusOf } from './support.ts';

/**
 * Spellings by which access rules on paths were got round (R17-R20; CVE-2019-9901, CVE-2021-29492, CVE-2026-41059,
 * CVE-2026-26205, GHSA-p224-6x5r-fjpm). Each is refused, or becomes the one path that everything sees.
 */
const CANONICAL: readonly (readonly [spelling: string, path: string])[] = [
  ['/admin', '/admin'],
  ['/admin/', '/admin/'],
  ['//admin', '/admin'],
  ['///admin', '/admin'],
  ['/admin//x', '/admin/x'],
  ['/admin/x//', '/admin/x/'],
  ['//evil.example/admin', '/evil.example/admin'],
  ['/./admin', '/admin'],
  ['/admin/.', '/admin/'],
  ['/.', '/'],
  ['/..', '/'],
  ['/../admin', '/admin'],
  ['/../../admin', '/admin'],
  ['/public/../admin', '/admin'],
  ['/public/x/../../admin', '/admin'],
  ['/public/./../admin', '/admin'],
  ['/public//../admin', '/admin'],
  ['/admin/..', '/'],
  ['/admin/x/..', '/admin/'],
  ['/%61dmin', '/admin'],
  ['/%61%64%6D%69%6E', '/admin'],
  ['/%61%64%6d%69%6e', '/admin'],
  ['/%2e/admin', '/admin'],
  ['/%2E/admin', '/admin'],
  ['/public/%2e%2e/admin', '/admin'],
  ['/public/%2E%2E/admin', '/admin'],
  ['/public/.%2e/admin', '/admin'],
  ['/public/%2e./admin', '/admin'],
  ['/public/%2e%2E/admin', '/admin'],
  ['/%7Euser', '/~user'],
  ['/%7euser', '/~user'],
  ['/a%2db', '/a-b'],
  ['/a%5Fb', '/a_b'],
  ['/caf%c3%a9', '/caf%C3%A9'],
  ['/a%20b', '/a%20b'],
  ['/a%3fb', '/a%3Fb'],
  ['/a%23b', '/a%23b'],
  ['/100%25', '/100%25'],
  ['/a[1]', '/a%5B1%5D'],
  ['/a|b', '/a%7Cb'],
  ['/a"b', '/a%22b'],
  ['/a<b>', '/a%3Cb%3E'],
  ['/a^b', '/a%5Eb'],
  ['/a`b', '/a%60b'],
  ['/a{b}', '/a%7Bb%7D'],
  ['/...', '/...'],
  ['/..a', '/..a'],
  ['/.well-known/x', '/.well-known/x'],
  ['/a.', '/a.'],
  ['/a@b:c', '/a@b:c'],
  ["/!$&'()*+,=", "/!$&'()*+,="],
  ['/%F0%9F%98%80', '/%F0%9F%98%80'],
  ['/%EF%BC%88x%EF%BC%89', '/%EF%BC%88x%EF%BC%89'],
  ['/admin?x=/../y', '/admin'],
  ['/public?/admin', '/public'],
  ['/?', '/'],
  ['/ADMIN', '/ADMIN'],
];

const REFUSED: readonly string[] = [
  '/public\\..\\admin',
  '/public\\admin',
  '\\admin',
  '/public/..\\admin',
  '/public%5c..%5cadmin',
  '/public%5C..%5Cadmin',
  '/public%2fadmin',
  '/public%2Fadmin',
  '/public/..%2fadmin',
  '/public/..%2Fadmin',
  '/public%2f..%2fadmin',
  '/%2fadmin',
  '/%2F%2Fadmin',
  '/public/%2e%2e%2fadmin',
  '/public/%2e%2e%5cadmin',
  '/admin%00',
  '/admin%00.html',
  '/%00/admin',
  '/admin%01',
  '/admin%09',
  '/admin%0a',
  '/admin%0d%0aX:%201',
  '/admin%1f',
  '/admin%7f',
  '/admin%7F',
  '/admin%c2%80',
  '/admin%C2%9F',
  '/admin#x',
  '/public#/../admin',
  '/public/#admin',
  '/public?x#y',
  '/%',
  '/%4',
  '/%zz',
  '/%6z',
  '/admin%',
  '/admin%u002f',
  '/%u0061dmin',
  '/%c0%af',
  '/%c0%ae%c0%ae/admin',
  '/%c1%9c',
  '/%e0%80%af',
  '/%e0%80%ae',
  '/%f0%80%80%af',
  '/%ed%a0%80',
  '/%f4%90%80%80',
  '/%ff',
  '/%80',
  '/%c3',
  '/%c3x',
  '/%e2%82',
  '/%252e%252e/admin',
  '/%252fadmin',
  '/%255cadmin',
  '/%2561dmin',
  '/%25252e',
  '/%25%32%65/admin',
  '/%25%32f',
  '/%%32%65',
  '/%2%65',
  '/a;b=c',
  '/a%3bb',
  '/a%3Bb',
  '/secure;a=b/x',
  '/secure%3Ba=b/x',
  '/public/..;/admin',
  '/public/..;x=1/admin',
  '/public/.;/admin',
  '/public/.;x/admin',
  '/public/;/admin',
  '/;x=1/admin',
  '/;/admin',
  '/..;/admin',
  '/public/%2e%2e;/admin',
  '/public/..%3b/admin',
  '/public/..%3B/admin',
  '/public/.%3Bx/admin',
  '/public/..%20/admin',
  '/public/.%20/admin',
  '/public/%20/admin',
  '/public/..%20%20/admin',
  '/public/%20../admin',
  '/public/..%20;x/admin',
  '/public%ef%bc%8fadmin',
  '/public%EF%BC%BCadmin',
  '/%ef%bc%8e%ef%bc%8e/admin',
  '/%ef%bc%852e/admin',
  '/%ef%bd%81dmin',
  '/%ef%bc%a1dmin',
  '/public%e2%88%95admin',
  '/public%e2%81%84admin',
  '/public%e2%a7%b5admin',
  '/public%ef%b9%a8admin',
  '/%e2%80%a4%e2%80%a4/admin',
  '/%e2%80%a5/admin',
  '/public%e2%88%96admin',
  '/%ef%b9%92/admin',
  '/public%cd%beadmin',
  '/%e2%84%aa',
  '/%c5%bf',
  '*',
];

let recorder: Recorder;
before(async () => {
  recorder = await startRecorder();
});
after(() => recorder[Symbol.asyncDispose]());

for (const [spelling, path] of CANONICAL) {
  test(`${spelling} is ${path}`, async () => {
    assert.equal(statusOf(await get(recorder.port, spelling)), 200);
    assert.equal(recorder.heads.at(-1)?.path, path);
  });
}

for (const spelling of REFUSED) {
  test(`${spelling} is refused`, async () => {
    const served = recorder.heads.length;
    assert.equal(statusOf(await get(recorder.port, spelling)), 400);
    assert.equal(recorder.heads.length, served);
  });
}

test('raw octets above ASCII and controls in a target are refused', async () => {
  const served = recorder.heads.length;
  for (const target of ['/a\xe9', '/a\x7f', '/a\x01', '/a\tb']) {
    assert.equal(statusOf(await get(recorder.port, target)), 400, JSON.stringify(target));
  }
  assert.equal(recorder.heads.length, served);
});

test('the query is passed on as it came, and is no part of the path', async () => {
  await get(recorder.port, '/a?b=%2F..%2f&c=?/../admin&d=%00;%zz');
  assert.equal(recorder.heads.at(-1)?.path, '/a');
  assert.equal(recorder.heads.at(-1)?.query, 'b=%2F..%2f&c=?/../admin&d=%00;%zz');
});

test('a refused path is told to the log with its reason, and the client gets no detail', async () => {
  const answer = await get(recorder.port, '/public/..%20/admin');
  assert.equal(recorder.unparsed.at(-1)?.reason, 'bad-path');
  assert.match(recorder.unparsed.at(-1)?.detail ?? '', /hides an empty or a dot segment/);
  assert.match(answer, /"reason":"bad-path"/);
  assert.doesNotMatch(answer, /dot segment/);
});
