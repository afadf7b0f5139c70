import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { type BannerFacts, banner } from '../../../src/dev/banner.ts';
import { DEMO_ACCOUNTS, DEMO_SECRETS, DEMO_UPSTREAMS, DEMO_WORKLOAD } from '../../../src/dev/demo-settings.ts';
import type { Resource, ResourceOf } from '../../../src/model/index.ts';

const EXAMPLES = new URL('../../../deploy/examples/', import.meta.url);

function resourcesIn(folder: string): Resource[] {
  return readdirSync(new URL(folder, EXAMPLES)).flatMap((file) => resourcesOf(`${folder}/${file}`));
}

function resourcesOf(file: string): Resource[] {
  const documents = parseAllDocuments(readFileSync(new URL(file, EXAMPLES), 'utf8'));
  return documents.map((document) => document.toJS() as Resource);
}

function namesIn(value: unknown, key: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    name === key && typeof part === 'string' ? [part] : namesIn(part, key),
  );
}

const resources = resourcesIn('demo');
const all = <K extends Resource['kind']>(kind: K) =>
  resources.filter((resource): resource is ResourceOf<K> => resource.kind === kind);

describe('the demo', () => {
  test('its people are the accounts of its identity provider, found by e-mail', () => {
    const people = all('User').filter((user) => user.spec.type === 'HUMAN');
    assert.deepEqual(
      people.map((user) => [user.metadata.name, user.spec.email, user.metadata.displayName]),
      DEMO_ACCOUNTS.map(({ sub, email, name }) => [sub, email, name]),
    );
  });

  test('its workload is there', () => {
    assert.equal(all('User').find((user) => user.metadata.name === DEMO_WORKLOAD)?.spec.type, 'WORKLOAD');
  });

  test('its upstreams are all provided, and none for nothing', () => {
    const used = namesIn(all('Service'), 'url').map((url) => new URL(url).origin);
    const provided = DEMO_UPSTREAMS.map(({ host, tls }) => `${tls ? 'https' : 'http'}://${host}`);
    assert.deepEqual(new Set(used), new Set(provided));
  });

  test('its Secrets are all provided, and none for nothing', () => {
    assert.deepEqual(new Set(namesIn(all('Service'), 'fromSecret')), new Set(DEMO_SECRETS));
  });

  test('every Service has an answer at "/", where its tile in the portal leads', () => {
    const lacking = all('Service').filter(({ spec }) => spec.config?.upstream === undefined);
    // Its rules follow the groups that its policy asks for, so that whoever gets there gets an answer.
    assert.deepEqual(
      lacking.map(({ metadata }) => metadata.name),
      ['api-by-group'],
    );
  });

  test('its API Services have the configs and rules of the Octelium files', () => {
    const pairs = {
      'api-by-path': 'api-by-path',
      'api-by-group': 'api-by-group',
      'api-with-credentials': 'api-with-upstream-credentials',
    };
    for (const [name, file] of Object.entries(pairs)) {
      const [original] = resourcesOf(`octelium/${file}.yaml`) as ResourceOf<'Service'>[];
      const ours = all('Service').find((service) => service.metadata.name === name);
      assert.deepEqual(ours?.spec.dynamicConfig, original!.spec.dynamicConfig);
    }
  });
});

describe('banner', () => {
  const facts: BannerFacts = {
    takenPort: null,
    portalUrl: 'http://localhost:8080/',
    adminUrl: null,
    appUrl: null,
    accessLog: './data/demo/access.log',
    urlOf: (service) => `http://${service}.localhost:8080`,
    accounts: DEMO_ACCOUNTS,
    workload: DEMO_WORKLOAD,
    accessToken: 'ost_at_example',
    dataDirectory: './data/demo',
  };
  const text = banner(facts);

  test('a port that is taken is said so, and which one it is instead', () => {
    const elsewhere = banner({ ...facts, takenPort: { taken: 8080, instead: 40_123 } });
    assert.match(elsewhere, /^8080 is taken, so this demo is on 40123\.$/m);
    assert.doesNotMatch(text, /is taken/);
  });

  test('names portal, people and token', () => {
    for (const part of ['http://localhost:8080/', 'alice', 'bob', 'carol', 'TOKEN=ost_at_example']) {
      assert.ok(text.includes(part), `"${part}" is missing`);
    }
    assert.doesNotMatch(text, /Admin {9}|undefined|null/);
  });

  test('says how to see an application of one’s own, and with which directory commands reach the demo', () => {
    assert.match(text, /npm start -- --upstream http:\/\/127\.0\.0\.1:3000$/m);
    assert.match(text, /--data \.\/data\/demo$/m);
  });

  test('every line to try names a Service of the demo', () => {
    const known = all('Service').map((service) => service.metadata.name);
    const tried = [...text.matchAll(/http:\/\/([\w-]+)\.localhost:8080/g)].map((match) => match[1]!);
    assert.ok(tried.length >= 8);
    assert.deepEqual(
      tried.filter((name) => !known.includes(name)),
      [],
    );
  });
});
