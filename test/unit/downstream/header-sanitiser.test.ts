import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TOKEN_HEADER } from '../../../src/base/own-names.ts';
import { canonicalHeaders } from '../../../src/downstream/canonical/headers.ts';
import { isForwardingField } from '../../../src/gateway/forwarded.ts';
import { RequestParser } from '../../../src/wire/http1/request-parser.ts';

/** R24-R27: whatever the spelling, no field of a client is left that an upstream could take for one of a gateway. */

const IDENTITY = [
  ...[
    'x-ostiary-user',
    'x-ostiary-groups',
    'x-ostiary-jwt',
    'x-octelium-user',
    'x-envoy-peer-metadata',
    'x-request-id',
  ],
  ...[
    'x-forwarded-user',
    'x-forwarded-email',
    'x-forwarded-groups',
    'x-forwarded-client-cert',
    'x-forwarded-access-token',
  ],
  ...[
    'x-original-url',
    'x-original-uri',
    'x-rewrite-url',
    'x-client-ip',
    'true-client-ip',
    'x-cluster-client-ip',
    'proxy',
  ],
  ...['x-http-method-override', 'x-http-method', 'x-method-override', 'forwarded-for', 'proxy-connection'],
];
const FORWARDING = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-real-ip',
];

/** As CGI, WSGI and careless frameworks compare names. */
function folded(name: string): string {
  return name.replaceAll('_', '-').toLowerCase().trim();
}

const spelling = fc
  .tuple(fc.constantFrom(...IDENTITY, ...FORWARDING, 'x-kept', 'accept'), fc.infiniteStream(fc.nat(5)))
  .map(([name, choices]) => [...name].map((c) => respelled(c, choices.next().value as number)).join(''));

function respelled(character: string, choice: number): string {
  if (character === '-' && choice === 0) return '_';
  return choice === 1 ? character.toUpperCase() : character;
}

const line = fc.oneof(
  { arbitrary: spelling.map((name) => `${name}: claimed`), weight: 8 },
  { arbitrary: spelling.map((name) => `Connection: close, ${name}`), weight: 1 },
);

const parser = new RequestParser({ headBytes: 32 * 1024, headerFields: 100, targetBytes: 1024 });

function sanitised(lines: readonly string[], trusted: boolean): string[] {
  const bytes = Buffer.from(['GET / HTTP/1.1', ...lines, '', ''].join('\r\n'), 'latin1');
  assert.equal(parser.parse(bytes, 0, bytes.length), bytes.length);
  return [...canonicalHeaders(parser.fields, trusted)].map(([name]) => name);
}

test('no name of a client is folded to one by which upstreams know who asks', () => {
  const property = fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
    for (const name of sanitised(lines, false)) {
      assert.ok(![...IDENTITY, ...FORWARDING].includes(folded(name)), name);
      assert.ok(!name.startsWith('x-ostiary-') || name === TOKEN_HEADER, name);
    }
  });
  fc.assert(property, { numRuns: 3_000 });
});

test('behind a trusted proxy only the fields that tell about the hop are left, each in one spelling', () => {
  const property = fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
    for (const name of sanitised(lines, true)) {
      assert.ok(!IDENTITY.includes(folded(name)), name);
      if (FORWARDING.includes(folded(name))) assert.ok(isForwardingField(name), name);
    }
  });
  fc.assert(property, { numRuns: 3_000 });
});

test('what is sanitised stays as it is when it is sanitised again', () => {
  const property = fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), (lines, trusted) => {
    const once = sanitised(lines, trusted);
    assert.deepEqual(
      sanitised(
        once.map((name) => `${name}: claimed`),
        trusted,
      ),
      once,
    );
  });
  fc.assert(property, { numRuns: 1_000 });
});
