import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test } from 'node:test';
import type { AccessEntry } from '../../src/telemetry/access-entry.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import type { Answer } from '../support/http-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { bearer, service, workload, yaml } from '../support/resources.ts';

const VERSIONS = 30;
const CONNECTIONS = 4;

const upstream = await RecordingUpstream.start('upstream');

/** Even versions let requests to /even through and odd ones those to /odd; each names itself in three places. */
function ofVersion(version: number): string {
  const path = version % 2 === 0 ? '/even' : '/odd';
  const rule = (effect: string, match: string) => ({ name: `${effect} of ${version}`, effect, condition: { match } });
  const spec = {
    rules: [rule('ALLOW', `ctx.request.http.path == "${path}"`), rule('DENY', `ctx.request.http.path != "${path}"`)],
  };
  const added = [{ key: 'X-Version', value: String(version) }];
  return yaml(
    workload('robot'),
    service('api', {
      authorization: { inlinePolicies: [{ name: 'by-version', spec }] },
      config: {
        upstream: { url: upstream.url },
        http: { header: { addRequestHeaders: added, addResponseHeaders: added } },
      },
    }),
  );
}

/** Asks over one connection at a time until told to stop. */
async function askOn(gateway: GatewayProcess, token: string, agent: Agent, done: () => boolean): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (!done()) {
    const path = answers.length % 2 === 0 ? '/even' : '/odd';
    answers.push(await gateway.ask('api', path, { agent, headers: bearer(token) }));
  }
  return answers;
}

/** Which configuration decided, and whether it was carried out. */
function assertConsistent({ path, status, decision }: AccessEntry): number {
  const [, effect, version] = /^(ALLOW|DENY) of (\d+)$/.exec(decision?.rule ?? '') ?? [];
  assert.ok(version !== undefined, `no version decided about ${path}: ${JSON.stringify(decision)}`);
  const allowed = path === (Number(version) % 2 === 0 ? '/even' : '/odd');
  assert.equal(effect, allowed ? 'ALLOW' : 'DENY');
  assert.equal(status, allowed ? 200 : 403);
  return Number(version);
}

test('requests go on while files are rewritten: none fails, none sees two versions, no connection is dropped', async () => {
  const gateway = await GatewayProcess.start({ files: { 'api.yaml': ofVersion(0) } });
  const token = await gateway.token('robot');
  const agents = Array.from({ length: CONNECTIONS }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  let done = false;
  const asking = agents.map((agent) => askOn(gateway, token, agent, () => done));
  for (let version = 1; version <= VERSIONS; version++) {
    assert.match(await gateway.write('api.yaml', ofVersion(version)), /is live$/);
  }
  done = true;
  const answers = (await Promise.all(asking)).flat();
  for (const agent of agents) agent.destroy();

  for (const { status, body, headers } of answers) {
    assert.ok(status === 200 || status === 403, `${status} ${body}`);
    if (status === 200) assert.equal(JSON.parse(body).headers['x-version'], headers['x-version']);
  }
  assert.ok(answers.length > VERSIONS, `only ${answers.length} requests`);
  assert.equal(answers.filter(({ reusedConnection }) => !reusedConnection).length, CONNECTIONS);

  await gateway.stop();
  assert.equal(gateway.accessLog.length, answers.length);
  const versions = new Set(gateway.accessLog.map(assertConsistent));
  assert.ok(versions.size > VERSIONS / 2, `only ${versions.size} versions were met by requests`);
});
