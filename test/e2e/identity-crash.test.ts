import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrowserAnswer, CookieBrowser } from '../support/cookie-browser.ts';
import { freePort } from '../support/free-port.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { startProviderProcess } from '../support/provider-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, service, yaml } from '../support/resources.ts';
import { identityProvider, SignInWorld } from '../support/sign-in-world.ts';
import { until } from '../support/until.ts';

/** `scripts/soak.ts` asks for more. */
const KILLS = Number(process.env.SOAK_KILLS ?? 3);
const CLIENTS = 4;
/** Of every client, between two kills. */
const SIGN_INS = 2;
/** How many a client may have at a time; the oldest would end by the limit of its user. */
const MOST_KEPT = 5;
/** Until a session that has ended and still opens something counts as back. */
const MOST_LOOKS = 200;

type Victim = (gateway: GatewayProcess) => readonly number[];
const VICTIMS: readonly Victim[] = [
  (gateway) => [gateway.pid, ...gateway.workers],
  (gateway) => gateway.workers.slice(0, 1),
  (gateway) => [gateway.pid],
];

/** What was used once, with the cookies of just before. */
interface Used {
  readonly before: CookieBrowser;
  readonly url: URL;
}

/** What clients were told, and hold the gateway to. */
class Ledger {
  readonly kept = new Set<CookieBrowser>();
  readonly ended = new Set<CookieBrowser>();
  readonly used: Used[] = [];
  readonly broken: string[] = [];
  signIns = 0;
}

class Client {
  readonly #name: string;
  readonly #world: SignInWorld;
  readonly #ledger: Ledger;
  readonly #kept: CookieBrowser[] = [];
  #stopping = false;
  readonly #done: Promise<void>;

  constructor(name: string, world: SignInWorld, ledger: Ledger) {
    this.#name = name;
    this.#world = world;
    this.#ledger = ledger;
    this.#done = this.#run();
  }

  stop(): Promise<void> {
    this.#stopping = true;
    return this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.#comeAndGo().catch((thrown: unknown) => {
        // Nobody answers while the gateway is gone.
        if (!isConnectionError(thrown)) this.#ledger.broken.push(String(thrown));
        return sleep(20);
      });
    }
  }

  async #comeAndGo(): Promise<void> {
    const browser = await this.#signIn();
    if (browser === null) return;
    this.#ledger.signIns++;
    this.#ledger.kept.add(browser);
    this.#kept.push(browser);
    for (const kept of this.#kept) await this.#use(kept);
    if (this.#kept.length > MOST_KEPT) await this.#signOut(this.#kept.shift()!);
  }

  async #use(browser: CookieBrowser): Promise<void> {
    const { status } = await browser.step(this.#world.url('app'));
    if (status !== 200) this.#ledger.broken.push(`${this.#name} has a session and is answered ${status}`);
  }

  /** Whether it is over is known from the answer on. */
  async #signOut(browser: CookieBrowser): Promise<void> {
    this.#ledger.kept.delete(browser);
    const cookies = browser.copy();
    const { status } = await browser.submit(this.#world.url('app', '/.ostiary/sign-out'));
    if (status === 303) this.#ledger.ended.add(cookies);
  }

  /** `null`: the gateway was killed meanwhile, and knows nothing of what began before. */
  async #signIn(): Promise<CookieBrowser | null> {
    const browser = new CookieBrowser();
    const page = await this.#follow(browser, await browser.step(this.#world.url('app')));
    if (!page.body.includes('Who do you want to be?')) return null;
    const answer = await this.#follow(browser, await browser.submit(page.url, { account: this.#name }));
    return answer.status === 200 && answer.url.hostname === `app.${DOMAIN}` ? browser : null;
  }

  async #follow(browser: CookieBrowser, first: BrowserAnswer): Promise<BrowserAnswer> {
    let answer = first;
    while (answer.headers.location !== undefined) {
      const url = new URL(answer.headers.location, answer.url);
      const before = browser.copy();
      answer = await browser.step(url);
      if (url.pathname.startsWith('/.ostiary/callback') && answer.status === 303)
        this.#ledger.used.push({ before, url });
    }
    return answer;
  }
}

function isConnectionError(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && /^(ECONN|EPIPE)/.test(String(thrown.code));
}

const hasSession = ({ headers }: BrowserAnswer) =>
  (headers['set-cookie'] ?? []).some((cookie) => /^[^=]*ostiary-session=[^;]/.test(cookie));

/** A worker that is killed resets connections for a moment. */
async function answered(browser: CookieBrowser, url: string | URL): Promise<BrowserAnswer> {
  for (;;) {
    try {
      return await browser.copy().step(url);
    } catch (thrown) {
      if (!isConnectionError(thrown)) throw thrown;
    }
  }
}

/** Clients go on meanwhile: what one of them has ended by the time of the answer may be over. */
async function isLost(browser: CookieBrowser, { kept }: Ledger, url: string): Promise<boolean> {
  const { status } = await answered(browser, url);
  return status !== 200 && kept.has(browser);
}

/** The other worker hears of a sign-out a moment after its answer, and finds it out by itself within a second. */
async function isBack(browser: CookieBrowser, url: string): Promise<boolean> {
  for (let i = 0; i < MOST_LOOKS; i++) {
    if ((await answered(browser, url)).status === 303) return false;
    await sleep(20);
  }
  return true;
}

async function count(found: readonly Promise<boolean>[]): Promise<number> {
  return (await Promise.all(found)).filter(Boolean).length;
}

/** What was promised holds, in whatever worker. */
async function mustHold(world: SignInWorld, ledger: Ledger): Promise<void> {
  const url = world.url('app');
  assert.deepEqual(ledger.broken, []);
  assert.equal(await count([...ledger.kept].map((browser) => isLost(browser, ledger, url))), 0, 'sessions are lost');
  assert.equal(await count([...ledger.ended].map((browser) => isBack(browser, url))), 0, 'sessions are back');
  for (const { before, url } of ledger.used.splice(0)) {
    const again = await answered(before, url);
    assert.ok(again.status >= 400 && !hasSession(again), `${url.pathname} was good twice: ${again.status}`);
  }
}

const upstream = await RecordingUpstream.start('upstream');
const names = Array.from({ length: CLIENTS }, (_, i) => `client-${i}`);
const users = names.map((name) => ({
  kind: 'User',
  metadata: { name },
  spec: { type: 'HUMAN', email: `${name}@example.com` },
}));
const resources = yaml(
  ALLOW_ALL,
  ...users,
  service('app', { mode: 'WEB', config: { upstream: { url: upstream.url } } }),
);

test(`${KILLS} times kill -9 under sign-ins lose no session, bring none back, and let no code be used twice`, async (t) => {
  let gateway = await GatewayProcess.start({
    files: { 'resources.yaml': resources },
    port: await freePort(),
    args: ['--workers', '2', '--access-log', '/dev/null', '--drain', '1s'],
  });
  const { port } = gateway;
  const world = new SignInWorld(gateway);
  const { issuer } = await startProviderProcess({
    redirectUris: [world.url(DOMAIN, '/.ostiary/callback/demo')],
    accounts: names.map((sub) => ({ sub, email: `${sub}@example.com`, name: sub })),
  });
  await gateway.write('provider.yaml', identityProvider(issuer));
  const ledger = new Ledger();
  const clients = names.map((name) => new Client(name, world, ledger));
  const stop = () => Promise.all(clients.map((client) => client.stop()));
  t.after(stop);
  for (let kill = 0; kill < KILLS; kill++) {
    const enough = ledger.signIns + CLIENTS * SIGN_INS;
    await until(
      () => `more than ${ledger.signIns} sign-ins; ${ledger.broken.join(', ')}; ${gateway.stderr}`,
      () => ledger.signIns >= enough || ledger.broken.length > 0,
    );
    await sleep(Math.random() * 100);
    const victims = VICTIMS[kill % VICTIMS.length]!(gateway);
    const isGone = victims.includes(gateway.pid);
    for (const pid of victims) process.kill(pid, 'SIGKILL');
    if (isGone) gateway = await gateway.again({ port });
    await mustHold(world, ledger);
  }
  await stop();
  await mustHold(world, ledger);
  t.diagnostic(`${ledger.signIns} sign-ins, ${ledger.kept.size} sessions kept, ${ledger.ended.size} ended`);
  assert.equal(await gateway.stop(), 0);
});
