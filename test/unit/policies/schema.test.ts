/** The schema of `ctx` against what a request has, and what is made of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { resourceMap } from '../../../policies/input/plain.ts';
import { CONTEXT } from '../../../policies/input/schema/context.ts';
import type { Field, Form } from '../../../policies/input/schema/field.ts';
import { findField } from '../../../policies/input/schema/find.ts';
import { fieldJsonSchema } from '../../../policies/input/schema/json-schema.ts';
import { fieldText, formText, objectIn } from '../../../policies/input/schema/text.ts';
import { Failure } from '../../../policies/values/failure.ts';
import { MapValue } from '../../../policies/values/map.ts';
import { Timestamp } from '../../../policies/values/time.ts';
import type { Result } from '../../../policies/values/value.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { readNative } from '../../../src/dialects/native/read.ts';
import { device, engine, group, input, principal, session, user } from './fixtures.ts';

/** A request that has all that a request may have. */
const everything = input({
  principal: principal({
    user: user('alice', { email: 'a@example.com', attrs: { level: 1 } }),
    groups: [group('dev')],
    session: session({}, { scopes: ['x'], credentialRef: { name: 'robot', uid: 'u' } }),
    device: device(),
  }),
  request: {
    query: 'a=1',
    headers: new HeaderList(['x-a', '1', 'cookie', 'c=1', 'content-length', '2']),
    tls: {
      version: 'TLSv1.3',
      serverName: 'api.example.com',
      clientCertificate: {
        ...{ subject: 'CN=a', issuer: 'CN=b', serialNumber: '01', fingerprint: 'ff' },
        ...{ dnsNames: ['a'], emails: ['b'], uris: ['c'] },
      },
    },
  },
  body: { bytes: new Uint8Array([1]), json: { n: 1 } },
  grpc: { package: 'shop.v1', service: 'Orders', serviceFullName: 'shop.v1.Orders', method: 'Get' },
}).ctx;

/** Where a value is not of its form. */
function differences(value: Result | undefined, form: Form, path: string): string[] {
  if (value === undefined || value instanceof Failure) return [`${path} has no value`];
  switch (form.kind) {
    case 'object':
      return value instanceof MapValue ? ofMap(value, (name) => form.fields[name]?.form, path) : [`${path} is no map`];
    case 'map':
      return value instanceof MapValue ? ofMap(value, () => form.of, path) : [`${path} is no map`];
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((item, i) => differences(item, form.of, `${path}[${i}]`))
        : [`${path} is no list`];
    default:
      return IS[form.kind](value) && isWord(value, form.words) ? [] : [`${path} is no ${formText(form)}`];
  }
}

const IS = {
  string: (value: unknown) => typeof value === 'string',
  int: (value: unknown) => typeof value === 'bigint',
  bool: (value: unknown) => typeof value === 'boolean',
  timestamp: (value: unknown) => value instanceof Timestamp,
  bytes: (value: unknown) => value instanceof Uint8Array,
  dyn: () => true,
};

function isWord(value: unknown, words: readonly string[] | undefined): boolean {
  return words === undefined || words.includes(String(value));
}

function ofMap(map: MapValue, formOf: (name: string) => Form | undefined, path: string): string[] {
  return [...map.keys()].flatMap((key) => {
    const form = formOf(String(key));
    return form === undefined
      ? [`${path}.${key} is not in the schema`]
      : differences(map.get(key), form, `${path}.${key}`);
  });
}

test('all that a request has is in the schema, and of the type that it says', () => {
  assert.deepEqual(differences(everything, CONTEXT, 'ctx'), []);
});

test('all that the schema says of a request is there, but for the words that are told to be absent', () => {
  const missing = (value: Result | undefined, form: Form, path: string): string[] =>
    Object.entries(objectIn(form)?.fields ?? {}).flatMap(([name, field]) => {
      const inner = value instanceof MapValue ? value.get(name) : undefined;
      if (field.isAbsent) return inner === undefined ? [] : [`${path}.${name} is not absent`];
      return inner === undefined ? [`${path}.${name}`] : missing(inner, field.form, `${path}.${name}`);
    });
  const { request, device: _, ...resources } = CONTEXT.fields;
  assert.deepEqual(missing(everything.get('request'), request!.form, 'ctx.request'), []);
  for (const name of Object.keys(resources)) assert.notEqual(everything.get(name), undefined, name);
});

const EXAMPLES = join(import.meta.dirname, '../../golden/native');

test('resources that are applied are as the schema says', () => {
  const kinds = new Map([
    ['User', 'ctx.user'],
    ['Group', 'ctx.groups'],
    ['Service', 'ctx.service'],
    ['Namespace', 'ctx.namespace'],
  ]);
  const seen = new Set<string>();
  for (const file of readdirSync(EXAMPLES)) {
    for (const { resource } of readNative(readFileSync(join(EXAMPLES, file), 'utf8'), file).resources) {
      const path = kinds.get(resource.kind);
      if (path === undefined) continue;
      seen.add(resource.kind);
      assert.deepEqual(differences(resourceMap(resource), objectIn(fieldAt(path).form)!, path), [], file);
    }
  }
  assert.deepEqual(seen, new Set(kinds.keys()));
});

function fieldAt(path: string): Field {
  const found = findField(path);
  assert.ok(found.ok, path);
  return found.field;
}

test('every field has its one line', () => {
  const without = (form: Form, path: string): string[] =>
    Object.entries(objectIn(form)?.fields ?? {}).flatMap(([name, { doc, form: inner }]) => [
      ...(doc === '' || doc.includes('\n') ? [`${path}.${name}`] : []),
      ...without(inner, `${path}.${name}`),
    ]);
  assert.deepEqual(without(CONTEXT, 'ctx'), []);
});

describe('the type of an expression', () => {
  const TYPES: Record<string, string> = {
    'ctx.user.spec.groups': 'list(string)',
    'ctx.user.spec.attrs.level': 'dyn',
    'ctx.user.metadata.createdAt': 'timestamp',
    'ctx.groups': 'list(object)',
    'ctx.service.spec.port': 'int',
    'ctx.service.spec.attrs': 'map(string, dyn)',
    'ctx.session.status.isBrowser': 'bool',
    'ctx.request.http.headersAll': 'map(string, list(string))',
    'ctx.request.http.body': 'bytes',
  };
  for (const [path, type] of Object.entries(TYPES)) {
    test(`${path} is ${type}`, () => {
      const found = findField(path.replace(/\.level$/, ''));
      assert.ok(found.ok && formText(found.field.form).endsWith(type === 'dyn' ? 'dyn)' : type));
      assert.ok(engine.compile(`type(${path}) == type(${path})`).ok);
    });
  }
});

const ACCEPTED = [
  'has(ctx.request.mcp) && ctx.request.mcp.method == "tools/call"',
  'has(ctx.session.status.authentication.info.geoip) && ctx.session.status.authentication.info.geoip.country.code == "DE"',
  'ctx.service.spec.deployment.replicas > 1',
  'ctx.user.spec.attrs.anything.at.all[0] > 1',
  'ctx.request.http.bodyMap.items[0].price < 5',
  'ctx.user.status.isLocked',
  'ctx.device.status.osType == "LINUX"',
  'ctx.groups.exists(g, g.spec.attrs.level > 3)',
  'ctx.user == null || ctx["request"]["http"]["path"] == "/"',
  'ctx.user.?spec.?email.orValue("") == ""',
];

describe('expressions about what is known, there or not, are no mistakes', () => {
  for (const source of ACCEPTED) test(source, () => assert.equal(problem(source), null));
});

const REFUSED: Record<string, RegExp> = {
  'ctx.user.spec.group == []': /^1:15 ctx\.user\.spec has no field "group" \(did you mean "groups"\?\)$/,
  'ctx.user.spec.groups == "a"': /^1:22 there is no operator == for \(list\(string\), string\) \(ask whether/,
  'ctx.groups.exists(g, g.name == "a")':
    /^1:24 ctx\.groups\[\] has no field "name" \(did you mean "\.metadata\.name"\?\)$/,
  'ctx.request.grpc.http.pth == "/"': /^1:23 ctx\.request\.grpc\.http has no field "pth" \(did you mean "path"\?\)$/,
  'has(ctx.session.status.isBrowsr)': /^1:24 ctx\.session\.status has no field "isBrowsr"/,
  'ctx.request.time > "2026-01-01"': /^1:18 there is no operator > for \(timestamp, string\)/,
  'ctx.request.http.headers["x"].foo == 1': /^1:31 string has no fields$/,
  'ctx.service.spec.config.upstream.urls == ""': /did you mean "url"/,
};

describe('expressions about what is not known are mistakes', () => {
  for (const [source, message] of Object.entries(REFUSED)) {
    test(source, () => assert.match(problem(source) ?? 'no problem', message));
  }
});

function problem(source: string): string | null {
  const compiled = engine.compile(source);
  if (compiled.ok) return null;
  return compiled.problems
    .map(({ line, column, message, suggestion }) =>
      [`${line}:${column} ${message}`, ...(suggestion === null ? [] : [`(${suggestion})`])].join(' '),
    )
    .join('; ');
}

test('a path that is not there has a suggestion', () => {
  assert.deepEqual(findField('ctx.user.sepc'), {
    ok: false,
    message: 'ctx.user has no field "sepc"',
    suggestion: 'did you mean "spec"?',
  });
  for (const path of ['', 'user', 'ctx.user.spec.attrs.x', 'ctx.constructor', 'ctx.user.__proto__', 'ctx..user']) {
    assert.equal(findField(path).ok, false, path);
  }
});

test('the JSON Schema says what each field is', () => {
  const { properties } = fieldJsonSchema(fieldAt('ctx.request'), 'ctx.request');
  const { http, time } = properties as Record<string, Record<string, unknown>>;
  assert.equal(time!.format, 'date-time');
  assert.equal(http!.additionalProperties, false);
  const { body, size, headersAll, bodyMap } = http!.properties as Record<string, Record<string, unknown>>;
  assert.equal(body!.contentEncoding, 'base64');
  assert.equal(size!.type, 'integer');
  assert.deepEqual(headersAll!.additionalProperties, { type: 'array', items: { type: 'string' } });
  assert.deepEqual(bodyMap!.additionalProperties, {});
});

test('the text shows what is below, and says where there is more', () => {
  const text = fieldText(fieldAt('ctx.user'), 'ctx.user');
  assert.match(text, /^ctx\.user +object +The User; absent when anonymous\.\n/);
  assert.match(text, /\n {2}metadata … +object /);
  assert.match(text, /\n {4}type +"HUMAN" \| "WORKLOAD" +A person/);
  assert.match(text, /\n…: there is more below; give its path to see it\n$/);
  assert.doesNotMatch(fieldText(fieldAt('ctx.request.tls'), 'ctx.request.tls'), /…/);
});
