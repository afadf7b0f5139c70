import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SecretValue } from '../../../src/base/secret-value.ts';
import type { Snapshot } from '../../../src/gateway/snapshot.ts';
import { CertificateSource } from '../../../src/main/certificates.ts';
import type { TlsInstall } from '../../../src/main/install-tls.ts';
import { type Pair, TestAuthority } from '../../support/certificates.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const authority = new TestAuthority();
const first = authority.server({ dns: ['first.example'] });
const second = authority.server({ dns: ['second.example'] });

class World {
  readonly warnings: string[] = [];
  readonly #directory = temporaryDirectory();
  readonly #secrets = new Map<string, { value: SecretValue; version: number }>();
  #generation = 1;
  #named: readonly string[] = [];

  write(name: string, text: string): string {
    const path = join(this.#directory, name);
    writeFileSync(path, text);
    return path;
  }

  pair({ cert, key }: Pair): { cert: string; key: string } {
    return { cert: this.write('tls.crt', cert), key: this.write('tls.key', key) };
  }

  /** As a snapshot that names these Secrets, one of which has a new value. */
  swap(names: readonly string[], name: string | null = null, text = ''): void {
    this.#named = names;
    this.#generation++;
    if (name !== null) this.#secrets.set(name, { value: new SecretValue(text), version: this.#generation });
  }

  async start(t: TestContext, install: Partial<TlsInstall> = {}): Promise<CertificateSource> {
    const whole: TlsInstall = { certificates: [], clientCa: null, clientCertificate: 'none', ...install };
    const source = new CertificateSource(
      whole,
      () => this.#snapshot(),
      (message) => this.warnings.push(message),
    );
    t.after(() => source.close());
    await source.start();
    return source;
  }

  #snapshot(): Snapshot {
    const certificates = this.#named.map((fromSecret) => ({ fromSecret }));
    const secrets = this.#secrets;
    return {
      generation: this.#generation,
      clusterConfig: { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { ingress: { certificates } } },
      secrets: { open: (name) => secrets.get(name)?.value ?? null, version: (name) => secrets.get(name)?.version ?? 0 },
    } as Partial<Snapshot> as Snapshot;
  }
}

function sourcesOf(source: CertificateSource): (string | undefined)[] {
  return source.material().certificates.all.map((one) => one.source.split('/').at(-1));
}

test('files come first, then Secrets in the order of the configuration', async (t) => {
  const world = new World();
  world.swap(['b', 'a'], 'a', first.cert + first.key);
  world.swap(['b', 'a'], 'b', second.key + second.cert);
  const source = await world.start(t, { certificates: [world.pair(first)] });
  assert.deepEqual(sourcesOf(source), ['tls.crt', 'Secret b', 'Secret a']);
  assert.equal(source.material(), source.material());
});

test('files that cannot be used are refused at the start', async (t) => {
  const world = new World();
  const pair = world.pair({ cert: first.cert, key: second.key });
  await assert.rejects(world.start(t, { certificates: [pair] }), /tls\.crt: the private key does not belong/);
  const missing = { ...pair, key: `${pair.key}.missing` };
  await assert.rejects(world.start(t, { certificates: [missing] }), /tls\.key\.missing cannot be read/);
  const clientCa = world.write('ca.crt', 'no certificate');
  await assert.rejects(world.start(t, { clientCa, clientCertificate: 'required' }), /ca\.crt: there is no certificate/);
});

test('a reload reads files again, and keeps what it has when they are broken', async (t) => {
  const world = new World();
  const clientCa = world.write('ca.crt', authority.ca);
  const source = await world.start(t, { certificates: [world.pair(first)], clientCa, clientCertificate: 'required' });
  const before = source.material();
  world.pair({ cert: second.cert, key: first.key });
  await source.reload();
  assert.equal(source.material(), before);
  assert.match(world.warnings[0]!, /does not belong to the first certificate; the certificates stay as they were$/);
  rmSync(world.pair(second).key);
  await source.reload();
  assert.equal(source.material(), before);
  world.pair(second);
  const other = new TestAuthority('Other');
  world.write('ca.crt', other.ca);
  await source.reload();
  assert.equal(source.material().certificates.default!.covers('second.example'), 'exact');
  assert.equal(source.material().clientCa, other.ca);
});

test('changed files are noticed', async (t) => {
  const world = new World();
  const source = await world.start(t, { certificates: [world.pair(first)] });
  world.pair(second);
  await until('the new certificate', () => source.material().certificates.default!.covers('second.example'));
});

test('a Secret that changes is used from the next snapshot on; one that is broken leaves the last good one', async (t) => {
  const world = new World();
  world.swap(['a'], 'a', first.cert + first.key);
  const source = await world.start(t);
  assert.equal(source.material().certificates.default!.covers('first.example'), 'exact');
  world.swap(['a'], 'a', 'broken');
  assert.equal(source.material().certificates.default!.covers('first.example'), 'exact');
  assert.deepEqual(world.warnings, [
    'Secret a: one private key is expected, there are 0; the certificates stay as they were',
  ]);
  world.swap(['a']);
  source.material();
  assert.equal(world.warnings.length, 1);
  world.swap(['a'], 'a', second.cert + second.key);
  assert.equal(source.material().certificates.default!.covers('second.example'), 'exact');
  world.swap([]);
  assert.equal(source.material().certificates.default, null);
});

test('a start without any certificate is possible, and said', async (t) => {
  const world = new World();
  const source = await world.start(t);
  assert.match(world.warnings[0]!, /^there is no certificate yet/);
  world.swap(['a'], 'a', first.cert + first.key);
  assert.deepEqual(sourcesOf(source), ['Secret a']);
});

test('a certificate that has expired is used, and said', async (t) => {
  const world = new World();
  const expired = authority.server({ dns: ['first.example'], daysLeft: -1 });
  await world.start(t, { certificates: [world.pair(expired)] });
  assert.match(world.warnings[0]!, /tls\.crt: the certificate expired on /);
});
