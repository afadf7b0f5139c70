import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { HeaderList } from '../../../src/base/header-list.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { queryParameter } from '../../../src/credentials/query-parameter.ts';
import { exchangeWith } from '../upstream/support.ts';

const VALUE = 'p&ss wörd/+';
const SPELLED = 'p%26ss%20w%C3%B6rd%2F%2B';
const { inject, onResponse } = queryParameter({ name: 'api_key', value: { fromSecret: 's' } });
const OPEN = { open: () => new SecretValue(VALUE), version: () => 1 };

function sent(query: string): string {
  const x = exchangeWith({ query }, OPEN);
  assert.equal(inject!(x), null);
  return x.outgoing!.query;
}

const QUERIES: readonly (readonly [client: string, kept: string])[] = [
  ['', ''],
  ['a=1&b', 'a=1&b&'],
  ['api_key=mine', ''],
  ['a=1&api_key=mine&api_key=too&c=%zz', 'a=1&c=%zz&'],
  ['API_KEY=mine&Api%5Fkey=mine&api%5fkey', ''],
  ['api.key=mine&api+key=mine&api%20key=mine&%20api_key=mine', ''],
  ['api_key[]=mine&api_key%5B0%5D=mine', ''],
  ['&&x=api_key&&', 'x=api_key&'],
  ['api_keys=1&my_api_key=2', 'api_keys=1&my_api_key=2&'],
];

for (const [client, kept] of QUERIES) {
  test(`of the query "${client}" stays "${kept}"`, () => assert.equal(sent(client), `${kept}api_key=${SPELLED}`));
}

const URLS: readonly (readonly [field: string, told: string, shown: string])[] = [
  ['location', `/x/?api_key=${SPELLED}`, '/x/'],
  ['location', `https://app.example/x/?a=1&api_key=${SPELLED}&b=2#top`, 'https://app.example/x/?a=1&b=2#top'],
  ['location', `/x/?API_KEY=p%26ss+w%c3%b6rd%2f%2b&b=2`, '/x/?b=2'],
  ['location', '/x/?api_key=another', '/x/?api_key=another'],
  ['refresh', `0; url=/x/?api_key=${SPELLED}`, '0; url=/x/'],
  [
    'link',
    `</x?api_key=${SPELLED}&p=2>; rel="next", </y?a=1>; rel="prev"`,
    '</x?p=2>; rel="next", </y?a=1>; rel="prev"',
  ],
];

for (const [field, told, shown] of URLS) {
  test(`an upstream that repeats the query in ${field} tells no client: ${told}`, () => {
    const x = exchangeWith({}, OPEN);
    x.response = { status: 301, headers: HeaderList.from([[field, told]]), body: null };
    onResponse!(x);
    assert.deepEqual(x.response.headers.all(field), [shown]);
  });
}

test('without the Secret nothing is sent, and its value is told nowhere', () => {
  const x = exchangeWith({ query: 'a=1' });
  assert.match(inspect(inject!(x)), /credential-unavailable.*"s" is missing/s);
  assert.equal(x.outgoing!.query, 'a=1');
});
