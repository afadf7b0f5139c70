import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { type Client, credentials, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, protoPath } from 'grpc-health-check';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { PARROT, ParrotServer } from '../support/grpc-parrot.ts';
import { service, yaml } from '../support/resources.ts';

/** Services that come with gRPC pass through like any other. */

const health = new HealthImplementation({ '': 'SERVING', 'test.v1.Parrot': 'NOT_SERVING' });
const parrot = await ParrotServer.start((server) => {
  health.addToServer(server);
  new ReflectionService(PARROT).addToServer(server);
});
const config = { upstream: { url: `grpc://127.0.0.1:${parrot.port}` } };
const gateway = await GatewayProcess.start({
  files: { 'all.yaml': yaml(service('rpc', { mode: 'GRPC', isAnonymous: true, config })) },
});

function clientOf(proto: string, name: string): Client & Record<string, unknown> {
  const found = name
    .split('.')
    .reduce<unknown>(
      (at, part) => (at as Record<string, unknown>)[part],
      loadPackageDefinition(loadSync(proto, { enums: String, longs: Number, oneofs: true, defaults: true })),
    ) as ServiceClientConstructor;
  const options = { 'grpc.default_authority': `rpc.${DOMAIN}` };
  const client = new found(`127.0.0.1:${gateway.port}`, credentials.createInsecure(), options);
  after(() => client.close());
  return client as Client & Record<string, unknown>;
}

interface HealthClient {
  check(asked: { service: string }, done: (error: Error | null, answer?: { status: string }) => void): void;
  watch(asked: {
    service: string;
  }): AsyncIterable<{ status: string }> & { cancel(): void; on(e: 'error', f: () => void): void };
}

const healthClient = clientOf(protoPath, 'grpc.health.v1.Health') as unknown as HealthClient;

function check(name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    healthClient.check({ service: name }, (error, answer) =>
      error === null ? resolve(answer!.status) : reject(error),
    );
  });
}

test('the health protocol passes through', async () => {
  assert.equal(await check(''), 'SERVING');
  assert.equal(await check('test.v1.Parrot'), 'NOT_SERVING');
  await assert.rejects(check('nobody'), { code: 5 });
});

test('a health watch hears of changes as they happen', async () => {
  const call = healthClient.watch({ service: '' });
  call.on('error', () => {});
  const heard: string[] = [];
  for await (const { status } of call) {
    heard.push(status);
    if (heard.length === 1) health.setStatus('', 'NOT_SERVING');
    else break;
  }
  assert.deepEqual(heard, ['SERVING', 'NOT_SERVING']);
  health.setStatus('', 'SERVING');
});

interface Reflection {
  listServicesResponse?: { service: { name: string }[] };
  fileDescriptorResponse?: { fileDescriptorProto: Buffer[] };
}

interface ReflectionClient {
  serverReflectionInfo(): {
    write(asked: Record<string, string>): void;
    end(): void;
    [Symbol.asyncIterator](): AsyncIterator<Reflection>;
  };
}

for (const version of ['v1', 'v1alpha']) {
  test(`reflection ${version} passes through`, async () => {
    const folder = dirname(createRequire(import.meta.url).resolve('@grpc/reflection'));
    const proto = join(folder, '..', 'proto', 'grpc', 'reflection', version, 'reflection.proto');
    const client = clientOf(proto, `grpc.reflection.${version}.ServerReflection`) as unknown as ReflectionClient;
    const call = client.serverReflectionInfo();
    const answers = call[Symbol.asyncIterator]();
    call.write({ listServices: '' });
    const listed: Reflection = (await answers.next()).value;
    assert.ok(listed.listServicesResponse?.service.some(({ name }) => name === 'test.v1.Parrot'));
    call.write({ fileContainingSymbol: 'test.v1.Parrot' });
    const found: Reflection = (await answers.next()).value;
    assert.ok(found.fileDescriptorResponse!.fileDescriptorProto[0]!.includes('Parrot'));
    call.end();
    assert.equal((await answers.next()).done, true);
  });
}
