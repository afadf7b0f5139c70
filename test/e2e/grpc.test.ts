import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { isError, metadataOf, type Outcome, ParrotClient, ParrotServer, type Words } from '../support/grpc-parrot.ts';
import { ALLOW_ALL, policy, service, workload, yaml } from '../support/resources.ts';
import { until } from '../support/until.ts';

const parrot = await ParrotServer.start();
const url = `grpc://127.0.0.1:${parrot.port}`;

const ONLY_SAY = policy('only-say', {
  name: 'others',
  effect: 'DENY',
  condition: {
    not: 'ctx.request.grpc.serviceFullName == "test.v1.Parrot" && ctx.request.grpc.package == "test.v1" && ctx.request.grpc.service == "Parrot" && ctx.request.grpc.method == "Say"',
  },
});

function grpc(name: string, spec: Record<string, unknown> = {}, upstream: Record<string, unknown> = { url }) {
  return service(name, { mode: 'GRPC', isAnonymous: true, config: { upstream }, ...spec });
}

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      workload('robot'),
      ONLY_SAY,
      grpc('open'),
      grpc('plain', {}, { url: `http://127.0.0.1:${parrot.port}` }),
      grpc('guarded', { isAnonymous: false }),
      grpc('narrow', { isAnonymous: false, authorization: { policies: ['only-say'] } }),
      grpc('down', {}, { url: 'grpc://127.0.0.1:1' }),
      grpc('off', { isDisabled: true }),
    ),
  },
});

const token = await gateway.token('robot');
const WITH_TOKEN = { authorization: `Bearer ${token}` };

function client(name: string): ParrotClient {
  return new ParrotClient(gateway.port, `${name}.${DOMAIN}`);
}

const open = client('open');

function answered(outcome: Outcome) {
  assert.ok(!isError(outcome), isError(outcome) ? outcome.message : '');
  return outcome;
}

function refused(outcome: Outcome) {
  assert.ok(isError(outcome), 'it was answered');
  return outcome;
}

/** Status, and the reason that a refusal of ours carries. */
function refusal(outcome: Outcome): [number, unknown] {
  const { code, metadata } = refused(outcome);
  return [code, metadata.get('x-ostiary-reason')[0]];
}

test('a unary call goes through, with metadata and trailers, binary ones too', async () => {
  const given = metadataOf({ 'x-own': 'a', 'x-own-bin': Buffer.from([0, 1, 254]), 'x-ostiary-auth': 'gone' });
  const { answer, headers, trailers } = answered(await open.say({ text: 'hello' }, given));
  assert.equal(answer.text, 'said: hello');
  assert.deepEqual(headers.get('x-header'), ['yes']);
  assert.deepEqual(trailers.get('x-trailer'), ['yes']);
  assert.deepEqual(trailers.get('x-trailer-bin'), [Buffer.from([0, 255])]);
  assert.deepEqual(parrot.last.get('x-own'), ['a']);
  assert.deepEqual(parrot.last.get('x-own-bin'), [Buffer.from([0, 1, 254])]);
  assert.deepEqual(parrot.last.get('x-ostiary-auth'), []);
});

test('an http upstream of mode GRPC is spoken to in HTTP/2', async () => {
  assert.equal(answered(await client('plain').say({ text: 'a' })).answer.text, 'said: a');
});

test('an error of the upstream arrives with its code, message and details', async () => {
  const error = refused(await open.say({ text: 'x', number: status.ALREADY_EXISTS }));
  assert.equal(error.code, status.ALREADY_EXISTS);
  assert.equal(error.details, 'failed: x é%');
  assert.deepEqual(error.metadata.get('grpc-status-details-bin'), [Buffer.from('details')]);
});

test('messages of 4 MiB go both ways', async () => {
  const ballast = Buffer.alloc(4 * 1024 * 1024, 7);
  const { answer } = answered(await open.say({ text: 'big', ballast }));
  assert.ok(ballast.equals(answer.ballast!));
});

test('a server streams its answers', async () => {
  const numbers: number[] = [];
  const call = open.count({ number: 500 });
  call.on('data', ({ number }: Words) => numbers.push(number!));
  await once(call, 'end');
  assert.deepEqual(
    numbers,
    Array.from({ length: 500 }, (_, i) => i + 1),
  );
});

test('a client streams its messages', async () => {
  const answer = await new Promise<Words>((resolve, reject) => {
    const call = open.collect((error, given) => (error === null ? resolve(given!) : reject(error)));
    for (const text of ['a', 'b', 'c']) call.write({ text });
    call.end();
  });
  assert.equal(answer.text, 'a b c');
});

test('both sides stream, each message at once', async () => {
  const call = open.chat();
  for (const text of ['a', 'b', 'c']) {
    call.write({ text });
    const [answer] = (await once(call, 'data')) as [Words];
    assert.equal(answer.text, `said: ${text}`);
  }
  call.end();
  call.resume();
  await once(call, 'end');
});

test('a deadline reaches the upstream as what is left of it, and ends the call', async () => {
  const deadline = Date.now() + 400;
  const error = refused(await open.say({ text: 'wait' }, metadataOf({}), { deadline }));
  assert.equal(error.code, status.DEADLINE_EXCEEDED);
  assert.ok(parrot.left.at(-1)! <= 400, String(parrot.left.at(-1)));
});

test('a call that its client cancels is cancelled at the upstream', async () => {
  const before = parrot.cancelled;
  const call = open.count({ number: -3 });
  call.on('error', () => {});
  await once(call, 'data');
  call.cancel();
  await until('the upstream to hear of it', () => parrot.cancelled > before);
});

test('without identity a call is UNAUTHENTICATED, with a wrong token too, and with a right one it is served', async () => {
  const guarded = client('guarded');
  const seen = parrot.seen.length;
  assert.deepEqual(refusal(await guarded.say({})), [status.UNAUTHENTICATED, 'unauthenticated']);
  const forged = metadataOf({ authorization: 'Bearer ost_forged' });
  assert.deepEqual(refusal(await guarded.say({}, forged)), [status.UNAUTHENTICATED, 'token-invalid']);
  assert.equal(parrot.seen.length, seen);
  answered(await guarded.say({ text: 'a' }, metadataOf(WITH_TOKEN)));
  assert.deepEqual(parrot.last.get('authorization'), []);
});

test('policies see package, service and method', async () => {
  const narrow = client('narrow');
  answered(await narrow.say({ text: 'a' }, metadataOf(WITH_TOKEN)));
  const error = await narrow.status('/test.v1.Parrot/Count', metadataOf(WITH_TOKEN));
  assert.ok(error !== 'ok');
  assert.deepEqual(
    [error.code, error.metadata.get('x-ostiary-reason')[0]],
    [status.PERMISSION_DENIED, 'policy-denied'],
  );
  assert.equal(error.details, 'A policy denies this request.');
});

const NO_METHODS = [
  '/Parrot/Say',
  '/test.v1.Parrot',
  '/test.v1.Parrot/Say/more',
  '/x/test.v1.Parrot/Say',
  '/test.v1.Parrot/S%61y/',
];

for (const path of NO_METHODS) {
  test(`${path} is UNIMPLEMENTED, and the upstream does not hear of it`, async () => {
    const seen = parrot.seen.length;
    const error = await open.status(path);
    assert.ok(error !== 'ok');
    assert.deepEqual([error.code, error.metadata.get('x-ostiary-reason')[0]], [status.UNIMPLEMENTED, 'grpc-path']);
    assert.equal(parrot.seen.length, seen);
  });
}

test('what cannot be served has the status that fits', async () => {
  assert.deepEqual(refusal(await client('down').say({})), [status.UNAVAILABLE, 'upstream-unreachable']);
  assert.deepEqual(refusal(await client('off').say({})), [status.UNAVAILABLE, 'service-disabled']);
  assert.deepEqual(refusal(await client('nowhere').say({})), [status.UNIMPLEMENTED, 'no-route']);
});

test('what is no gRPC is refused with 415', async () => {
  const { status: code, reason } = await gateway.ask('open', '/test.v1.Parrot/Say', { method: 'POST' });
  assert.deepEqual([code, reason], [415, 'grpc-protocol']);
});

test('the access log names service, method and status of calls, and of nothing else', async () => {
  await open.say({ text: 'logged', number: status.ABORTED });
  const entry = await gateway.logged(({ grpcStatus }) => grpcStatus === status.ABORTED);
  assert.deepEqual([entry.grpcService, entry.grpcMethod, entry.httpVersion], ['test.v1.Parrot', 'Say', '2']);
  const other = await gateway.logged(({ reason }) => reason === 'grpc-protocol');
  assert.equal('grpcService' in other, false);
});
