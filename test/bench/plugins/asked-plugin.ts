import { HeaderList } from '../../../src/base/header-list.ts';
import { type Body, type BodySink, BufferedBody } from '../../../src/gateway/body.ts';
import type { Exchange, TlsFacts } from '../../../src/gateway/exchange.ts';
import type { ResponseWriter } from '../../../src/gateway/kernel.ts';
import type { Response } from '../../../src/gateway/outcome.ts';
import { type AskedHead, CompiledKernel, KERNEL_DOMAIN } from '../../support/compiled-kernel.ts';
import {
  AUTHZ_GRPC,
  AUTHZ_HTTP,
  PLUGIN_SAMPLES,
  type PluginSample,
  SAMPLE_CERTIFICATE,
  SAMPLE_SECRETS,
  SAMPLE_USERS,
  type SampleRequest,
} from '../../support/plugin-samples.ts';
import { policy, service, workload, yaml } from '../../support/resources.ts';
import { openSampleScripts } from '../../support/sample-scripts.ts';
import { principal, session } from '../../unit/policies/fixtures.ts';

/** A request again and again, to a Service with one plugin or to the same one without it. */
export interface AskedPlugin {
  readonly name: string;
  readonly most: number | null;
  /** Sends so many, one after the other. @throws Error when one is not answered as it should be */
  on(count: number): Promise<void>;
  off(count: number): Promise<void>;
}

const SERVER = 'http://upstream.example.net';
const BROWSER = [
  ...['user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ...['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ...['accept-language', 'en-GB,en;q=0.5'],
];
const SHOWN: TlsFacts = { version: 'TLSv1.3', serverName: null, clientCertificate: SAMPLE_CERTIFICATE };

const scripts = await openSampleScripts();

/** The line of each plugin. */
export const LINES: readonly (readonly [name: string, sample: PluginSample])[] = [...PLUGIN_SAMPLES];

function listed(name: string, { config, phases }: PluginSample): object {
  return { name, condition: { matchAny: true }, phase: phases?.[0] ?? 'POST_AUTH', [name]: config };
}

/** @param http what the Service does to requests beside passing them on */
function kernelWith(http: object, { identifies, answerBytes = 100 }: PluginSample): CompiledKernel {
  const answer = 'x'.repeat(answerBytes);
  const spec = identifies === true ? { authorization: { policies: ['all'] } } : { isAnonymous: true };
  return new CompiledKernel({
    scripts,
    resources: yaml(
      ...SAMPLE_USERS.map((name) => workload(name)),
      policy('all', { effect: 'ALLOW', condition: { matchAny: true } }),
      service('app', { ...spec, config: { upstream: { url: SERVER }, http } }),
    ),
    secrets: SAMPLE_SECRETS,
    identify: () => KNOWN,
    answer: (x, url) => ANSWERS[url]?.(x) ?? takeAll(x, answer),
  });
}

/** Who asks where no plugin says it: nothing is looked up. */
const KNOWN = {
  kind: 'identified',
  principal: principal({ session: session({ expiresAt: '2100-01-01T00:00:00Z' }) }),
  shownIn: 'cookie',
} as const;

/** `CheckResponse` with a status that is OK. */
const YES = Buffer.from('000000000' + '40a020800', 'hex');

const ANSWERS: Readonly<Record<string, (x: Exchange) => Response>> = {
  [AUTHZ_HTTP]: () => ({ status: 200, headers: new HeaderList(), body: null }),
  [AUTHZ_GRPC]: (x) => {
    x.grpc!.status = 0;
    return { status: 200, headers: new HeaderList(['content-type', 'application/grpc']), body: new BufferedBody(YES) };
  },
};

/** Reads the request to its end first, as an upstream does. */
function takeAll(x: Exchange, text: string): Response {
  x.outgoing!.body?.pipe(NOWHERE);
  return { status: 200, headers: new HeaderList(['content-type', 'text/plain']), body: new BufferedBody(text) };
}

const NOWHERE: BodySink = { write: () => true, end: () => {}, fail: () => {} };

export function askedPlugin([name, sample]: (typeof LINES)[number]): AskedPlugin {
  const [on, off] = [kernelWith({ plugins: [listed(name, sample)] }, sample), kernelWith({}, sample)];
  const request = sample.request ?? {};
  return {
    name,
    most: sample.most ?? null,
    on: (count) => send(on, request, sample.status ?? 200, count),
    off: (count) => send(off, request, 200, count),
  };
}

async function send(kernel: CompiledKernel, request: SampleRequest, status: number, count: number): Promise<void> {
  const head = headOf(request);
  const body = request.body === undefined ? null : Buffer.from(request.body);
  for (let i = 0; i < count; i++) {
    const late = sendOne(kernel, head, body, status);
    // What goes on beside requests, such as copies to a second upstream, has its turn too.
    if (late !== null || i % 64 === 0) await late;
  }
}

/** `null` when the answer was there at once. */
function sendOne(kernel: CompiledKernel, head: AskedHead, body: Buffer | null, status: number): Promise<void> | null {
  const writer = new Discarding(status);
  kernel.ask(head, body === null ? null : new OneChunk(body), writer);
  return writer.ended();
}

function headOf({ method = 'GET', headers = [], body, showsCertificate }: SampleRequest): AskedHead {
  const length = body === undefined ? [] : ['content-length', String(body.length)];
  return {
    host: `app.${KERNEL_DOMAIN}`,
    method,
    path: '/v1/items',
    headers: [...BROWSER, ...headers, ...length],
    ...(showsCertificate === true && { tls: SHOWN }),
  };
}

/** A body as a connection has it: in one piece, and not yet read. */
class OneChunk implements Body {
  readonly length: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.length = bytes.byteLength;
  }

  pipe(sink: BodySink): void {
    sink.write(this.#bytes);
    sink.end(null);
  }

  resume(): void {}

  destroy(): void {}
}

/** Takes an answer to its end. */
class Discarding implements ResponseWriter {
  readonly #status: number;
  #over: Error | true | null = null;
  #tell: (() => void) | null = null;

  constructor(status: number) {
    this.#status = status;
  }

  send: ResponseWriter['send'] = (x, response, settlement) => {
    const end = (): void => {
      settlement.settled(x, true);
      this.#over = response.status === this.#status ? true : unexpected(x, response.status);
      this.#tell?.();
    };
    if (response.body === null) end();
    else response.body.pipe({ write: () => true, end, fail: end });
  };

  /** `null`: it has come to its end. */
  ended(): Promise<void> | null {
    if (this.#over !== null) return this.#check();
    return new Promise((resolve, reject) => {
      this.#tell = () => (this.#over instanceof Error ? reject(this.#over) : resolve());
    });
  }

  #check(): null {
    if (this.#over instanceof Error) throw this.#over;
    return null;
  }
}

/** A refusal is quick, and its figures would say nothing. */
function unexpected({ refusal }: Exchange, status: number): Error {
  return new Error(`a request was answered ${status}: ${refusal?.reason}, ${refusal?.detail}`);
}
