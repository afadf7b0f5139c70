import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { PathEcho } from '../support/path-echo.ts';
import { open, yaml } from '../support/resources.ts';
import { type LoadResult, SteadyLoad } from '../support/steady-load.ts';
import { until } from '../support/until.ts';

/** `scripts/soak.ts` asks for more. */
const RELOADS = Number(process.env.SOAK_RELOADS ?? 4);
const DRAINS = Number(process.env.SOAK_DRAINS ?? 2);
const CONNECTIONS = 16;
/** Connections beside them that are new for each request. */
const FRESH = CONNECTIONS / 4;
/** Requests of every connection between two changes. */
const BETWEEN = 10 * CONNECTIONS;

const upstream = await PathEcho.start();

function ofVersion(version: number): string {
  const header = { addResponseHeaders: [{ key: 'X-Version', value: String(version) }] };
  return yaml(open('site', upstream.url, {}, { header }));
}

/** Some connections are kept, others are new for each request. */
class Loads {
  readonly #all: readonly SteadyLoad[];

  constructor(port: number) {
    upstream.asked.clear();
    const common = { port, host: `site.${DOMAIN}` };
    this.#all = [
      new SteadyLoad({ ...common, connections: CONNECTIONS }),
      new SteadyLoad({ ...common, connections: FRESH, fresh: true, prefix: 'fresh' }),
    ];
  }

  /** Waits until each has got many more answers. */
  async moreAnswers(): Promise<void> {
    const wanted = this.#all.map(({ answered }) => answered + BETWEEN);
    await until(
      () => `more answers; these failed: ${this.#all.flatMap(({ failed }) => failed).join('\n')}`,
      () => this.#all.every(({ answered }, i) => answered >= wanted[i]!),
    );
  }

  stop(): Promise<LoadResult[]> {
    return Promise.all(this.#all.map((load) => load.stop()));
  }
}

/**
 * Every request was answered, and the upstream was asked once for each. Gives their numbers.
 *
 * @param unheard how many may have come in the very moment in which the port was closed: then the system ends the
 *   connection, and nobody has heard of the request
 */
function assertAll(results: readonly LoadResult[], unheard: number): string {
  assert.deepEqual(
    results.flatMap(({ failed }) => failed),
    [],
  );
  const lost = results.flatMap((result) => result.unheard);
  assert.ok(lost.length <= unheard, `${lost.join(' ')} ended without an answer`);
  const answered = results.flatMap((result) => [...result.answered]);
  assert.deepEqual(
    answered.filter((path) => upstream.asked.get(path) !== 1),
    [],
  );
  assert.equal(upstream.asked.size, answered.length);
  return `${answered.length} answered, none failed, ${lost.length} never taken`;
}

for (const workers of ['1', '2']) {
  const args = ['--workers', workers, '--access-log', '/dev/null'];

  test(`${RELOADS} reloads under load lose no request, with ${workers} of --workers`, async (t) => {
    const gateway = await GatewayProcess.start({ args, files: { 'a.yaml': ofVersion(0) } });
    const loads = new Loads(gateway.port);
    for (let version = 1; version <= RELOADS; version++) {
      assert.match(await gateway.write('a.yaml', ofVersion(version)), /is live/);
      await loads.moreAnswers();
    }
    t.diagnostic(assertAll(await loads.stop(), 0));
    assert.equal(await gateway.stop(), 0);
  });

  test(`${DRAINS} drains under load lose no request, with ${workers} of --workers`, async (t) => {
    const port = await freePort();
    let gateway = await GatewayProcess.start({ args, files: { 'a.yaml': ofVersion(0) }, port });
    const loads = new Loads(port);
    for (let n = 1; n <= DRAINS; n++) {
      await loads.moreAnswers();
      assert.equal(await gateway.stop(), 0);
      gateway = await gateway.again({ port });
    }
    await loads.moreAnswers();
    t.diagnostic(assertAll(await loads.stop(), DRAINS * FRESH));
    assert.equal(await gateway.stop(), 0);
  });
}
