/** The fields of the access log and the metrics, as documented and as a gateway that serves has them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Gateway, startGateway } from '../../../src/main/gateway.ts';
import { installConfig } from '../../../src/main/install.ts';
import { codesIn, tableUnder } from '../../support/markdown.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const OPERATIONS = join(import.meta.dirname, '../../../docs/operations.md');

const data = temporaryDirectory();
const accessLog = join(data, 'access.log');
let gateway: Gateway;
let stopped = false;

before(async () => {
  const address = '127.0.0.1:0';
  const install = installConfig({ data, accessLog, listen: [address], adminListen: address }, {}, {});
  gateway = await startGateway({ install, loaded: () => {}, warn: () => {} });
  await text(gateway.listeners[0]!.port, '/');
});
after(stop);

async function stop(): Promise<void> {
  if (!stopped) await gateway.stop(0);
  stopped = true;
}

async function text(port: number, path: string): Promise<string> {
  const [response] = (await once(get({ host: '127.0.0.1', port, path, agent: false }), 'response')) as [
    IncomingMessage,
  ];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return body;
}

function documented(heading: string): string[] {
  return tableUnder(OPERATIONS, heading).flatMap(([cell]) => codesIn(cell ?? ''));
}

test('every metric is documented, and there is every documented one', async () => {
  const metrics = await text(gateway.adminListener!.port, '/metrics');
  const names = [...metrics.matchAll(/^# TYPE (ostiary_\w+) /gm)].map((match) => match[1]!);
  const inTables = documented('Health and metrics').filter((code) => code.startsWith('ostiary_'));
  assert.deepEqual(inTables.sort(), names.sort());
});

test('every path of the admin listener is documented', async () => {
  for (const path of documented('Health and metrics').filter((code) => code.startsWith('/'))) {
    assert.doesNotMatch(await text(gateway.adminListener!.port, path), /not found/, path);
  }
});

test('the fields of an access-log line are documented, in their order', async () => {
  await stop();
  const line = readFileSync(accessLog, 'utf8').split('\n')[0]!;
  assert.deepEqual(documented('Access log'), Object.keys(JSON.parse(line)));
});
