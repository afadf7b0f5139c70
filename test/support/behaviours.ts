import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from './gateway-process.ts';
import type { Answer, Ask } from './http-client.ts';
import { type Received, RecordingUpstream } from './recording-upstream.ts';
import { ALLOW_ALL, bearer, service, workload, yaml } from './resources.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a Service does with one request, seen from outside. */
export interface Behaviour {
  readonly title: string;
  /** `spec.config.http` of its Service. */
  readonly http: Fields;
  /** Fields of the Service beside; it is anonymous unless they say otherwise, and then a workload asks. */
  readonly spec?: Fields;
  /** Asked twice where the path has `twice`. */
  readonly ask?: Omit<Ask, 'host'>;
  /** Fields that the upstream sees, beside them `url` and `body`; `null`: it is not asked. */
  readonly upstream?: Fields | null;
  /** Fields of the answer, beside them `status` and `body`. */
  readonly answer?: Fields;
}

/** One list of plugins, which are named by their places. */
export function listed(...plugins: readonly object[]): Fields {
  return { plugins: plugins.map((one, i) => ({ name: `p${i}`, condition: { matchAny: true }, ...one })) };
}

/** One gateway with a Service for each, and a test of each. */
export async function describeBehaviours(sections: Readonly<Record<string, readonly Behaviour[]>>): Promise<void> {
  const cases = Object.entries(sections).flatMap(([section, ones]) =>
    ones.map((one) => ({ title: `${section}: ${one.title}`, one })),
  );
  const world = await World.start(cases.map(({ one }) => one));
  for (const [i, { title, one }] of cases.entries()) test(title, () => world.check(one, nameOf(i)));
}

const nameOf = (i: number) => `case-${i}`;

class World {
  readonly #upstream: RecordingUpstream;
  readonly #gateway: GatewayProcess;
  readonly #token: string;

  constructor(upstream: RecordingUpstream, gateway: GatewayProcess, token: string) {
    this.#upstream = upstream;
    this.#gateway = gateway;
    this.#token = token;
  }

  static async start(ones: readonly Behaviour[]): Promise<World> {
    const upstream = await startUpstream();
    const services = ones.map(({ http, spec }, i) =>
      service(nameOf(i), { isAnonymous: true, config: { upstream: { url: upstream.url }, http }, ...spec }),
    );
    const gateway = await GatewayProcess.start({
      files: { 'resources.yaml': yaml(ALLOW_ALL, workload('robot'), ...services) },
    });
    return new World(upstream, gateway, await gateway.token('robot'));
  }

  async check(one: Behaviour, name: string): Promise<void> {
    const answer = await this.#ask(one, name);
    const received = this.#upstream.received.filter(({ headers }) => headers['x-case'] === name);
    if (one.upstream === null) assert.equal(received.length, 0, 'the upstream was asked');
    for (const [key, wanted] of Object.entries(one.upstream ?? {})) {
      assert.ok(received.length > 0, `the upstream was not asked: ${answer.status} ${answer.body}`);
      mustBe(seenOf(received.at(-1)!, key), this.#named(wanted, name), key);
    }
    for (const [key, wanted] of Object.entries(one.answer ?? {})) {
      const found = key === 'status' || key === 'body' ? answer[key] : answer.headers[key];
      mustBe(found, this.#named(wanted, name), key);
    }
  }

  async #ask({ ask = {}, spec }: Behaviour, name: string): Promise<Answer> {
    const { headers = {}, path = '/', ...more } = ask;
    const given = Object.entries(headers).map(([key, value]) => [key, String(this.#named(value, name))] as const);
    const shown = spec?.isAnonymous === false ? bearer(this.#token) : {};
    const sent = { 'x-case': name, ...shown, ...Object.fromEntries(given) };
    const once = () => this.#gateway.ask(name, path, { ...more, headers: sent });
    if (path.includes('twice')) await once();
    return once();
  }

  /** What is known only when everything runs. */
  #named(value: unknown, name: string): unknown {
    const { port } = this.#gateway;
    const known: Readonly<Record<string, string>> = {
      SERVICE: name,
      HOST: `${name}.${DOMAIN}:${port}`,
      UPSTREAM: `127.0.0.1:${this.#upstream.port}`,
      OWN: `http://${name}.${DOMAIN}:${port}`,
      DOMAIN: `http://portal.${DOMAIN}:${port}`,
      TOKEN: this.#token,
    };
    return typeof value === 'string' ? (known[value] ?? value) : value;
  }
}

/** Its answers are told by the path: `/fails/TIMES/STATUS`, and words of the query. */
async function startUpstream(): Promise<RecordingUpstream> {
  const upstream: RecordingUpstream = await RecordingUpstream.start('upstream', {
    answer: ({ url, headers }, response) => {
      const [, tries, status = '503'] = /^\/fails\/(\d)(?:\/(\d+))?/.exec(url) ?? [];
      const seen = upstream.received.filter((one) => one.headers['x-case'] === headers['x-case']).length;
      if (tries !== undefined && seen <= Number(tries)) response.statusCode = Number(status);
      response.setHeader('x-upstream', '1');
      if (url.includes('cors')) response.setHeader('access-control-allow-origin', '*');
      if (url.includes('cookie')) response.setHeader('set-cookie', 'a=b');
      if (url.includes('cacheable')) response.setHeader('cache-control', 'max-age=60');
      response.end('upstream');
    },
  });
  return upstream;
}

function seenOf(received: Received, key: string): unknown {
  return key === 'url' || key === 'body' ? received[key] : received.headers[key];
}

function mustBe(found: unknown, wanted: unknown, what: string): void {
  if (wanted instanceof RegExp) assert.match(String(found), wanted, what);
  else assert.deepEqual(found, wanted, what);
}
