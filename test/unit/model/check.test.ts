import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNative } from '../../../src/dialects/native/read.ts';
import { refuseFaulty, type Service } from '../../../src/model/index.ts';

const OPTIONS = { unknownSecret: 'warning', secrets: () => false } as const;
const UP = 'config: {upstream: {url: "http://127.0.0.1:1"}}';

function service(name: string, more: string): string {
  return `kind: Service\nmetadata: {name: ${name}}\nspec: {mode: HTTP, isPublic: true, ${more}, ${UP}}\n`;
}

test('only the faulty Service is refused, and it keeps where it answers', () => {
  const text = [
    service('good', 'hosts: [a.example.com]'),
    service('bad', 'hosts: [a.example.com], match: {paths: [{prefix: /bad}]}, authorization: {policies: [nobody]}'),
  ];
  const { sound, broken, diagnostics } = refuseFaulty(readNative(text.join('---\n'), 'f').resources, OPTIONS);
  assert.deepEqual(
    sound.map(({ resource }) => resource.metadata.name),
    ['good'],
  );
  assert.equal(broken[0]?.because, 'spec.authorization.policies[0]: there is no Policy "nobody"');
  assert.deepEqual((broken[0]!.resource as Service).spec.match, { paths: [{ prefix: '/bad' }] });
  assert.equal(diagnostics.length, 1);
});

test('of two resources with one name the first one stands', () => {
  const text = [service('api', 'hosts: [a.example.com]'), service('api.default', 'hosts: [b.example.com]')];
  const { sound, broken, diagnostics } = refuseFaulty(readNative(text.join('---\n'), 'f').resources, OPTIONS);
  assert.deepEqual(
    sound.map(({ resource }) => (resource as Service).spec.hosts),
    [['a.example.com']],
  );
  assert.deepEqual(broken, []);
  assert.match(diagnostics[0]!.message, /is there already, at f:2/);
});

test('a warning refuses nothing', () => {
  const text = service('api', 'attrs: {a: 1}').replace('127.0.0.1:1', '127.0.0.1:1/v1');
  const read = readNative(text, 'f');
  assert.deepEqual(
    read.diagnostics.map(({ severity }) => severity),
    ['warning'],
  );
  assert.equal(refuseFaulty(read.resources, OPTIONS).sound.length, 1);
});

test('durations of sessions that would change nothing are told', () => {
  const text = [
    'kind: ClusterConfig',
    'metadata: {name: default}',
    'spec:',
    '  session:',
    '    human: {accessTokenDuration: 2h, refreshTokenDuration: 1h}',
    '    workload: {accessTokenDuration: 1h, refreshTokenDuration: 2h}',
    '---',
    'kind: User',
    'metadata: {name: robot}',
    'spec: {type: WORKLOAD, session: {refreshTokenDuration: 2h}}',
    '---',
    'kind: User',
    'metadata: {name: dana}',
    'spec: {type: HUMAN, session: {accessTokenDuration: 10m, refreshTokenDuration: 2h}}',
  ];
  const { sound, diagnostics } = refuseFaulty(readNative(text.join('\n'), 'f').resources, OPTIONS);
  assert.equal(sound.length, 3);
  assert.deepEqual(
    diagnostics.map(({ severity, path, message }) => `${severity}: ${path}: ${message}`),
    [
      'warning: spec.session.human.refreshTokenDuration: is shorter than accessTokenDuration, which counts instead',
      'warning: spec.session.workload.refreshTokenDuration: has no effect: only logins of people are renewed',
      'warning: spec.session.refreshTokenDuration: has no effect: only logins of people are renewed',
    ],
  );
});

test('the picture of a Service is in the configuration: the portal loads nothing from elsewhere', () => {
  const problems = (picURL: string) => {
    const text = service('api', 'attrs: {a: 1}').replace('{name: api}', `{name: api, picURL: "${picURL}"}`);
    return refuseFaulty(readNative(text, 'f').resources, OPTIONS).diagnostics.map(({ message }) => message);
  };
  assert.deepEqual(problems('data:image/webp;base64,UklGRgAAAABXRUJQ'), []);
  for (const url of ['https://pictures.example/x.png', 'data:image/svg+xml;base64,PHN2Zz4=', '/x.png']) {
    assert.match(problems(url).join(), /of a Service, a data: URL: a PNG, JPEG or WebP image is needed/);
  }
  assert.match(problems('data:image/png;base64,UklGRgAAAABXRUJQ').join(), /not an image of type image\/png/);
});
