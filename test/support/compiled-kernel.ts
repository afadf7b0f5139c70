import type { Identification } from '../../identity/identification.ts';
import { createCelEngine } from '../../policies/cel/engine.ts';
import type { Awaitable } from '../../src/base/awaitable.ts';
import { systemClock } from '../../src/base/clock.ts';
import { HeaderList } from '../../src/base/header-list.ts';
import { newRequestId } from '../../src/base/ids.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import { Compiler, type ScriptSupply } from '../../src/compile/compile.ts';
import { UpstreamRegistry } from '../../src/compile/upstream-registry.ts';
import { assemble } from '../../src/control/assemble.ts';
import { readTexts } from '../../src/control/read.ts';
import { canonicalPathOrNull } from '../../src/downstream/canonical/index.ts';
import { type Body, BufferedBody } from '../../src/gateway/body.ts';
import { defaultBodyLimits } from '../../src/gateway/body-budget.ts';
import type { Converse } from '../../src/gateway/conversation.ts';
import { Exchange, type RequestHead } from '../../src/gateway/exchange.ts';
import type { Kernel, KernelParts, ResponseWriter } from '../../src/gateway/kernel.ts';
import { LocalLimits } from '../../src/gateway/limits/local-limits.ts';
import { OpenStreams } from '../../src/gateway/open-streams.ts';
import type { Refusal, Response } from '../../src/gateway/outcome.ts';
import { createKernel } from '../../src/gateway/pipeline.ts';
import { REASONS } from '../../src/gateway/reasons.ts';
import type { SecretView, Snapshot } from '../../src/gateway/snapshot.ts';
import { inputOf } from '../../src/main/policy-input.ts';
import { recognisedUsers } from '../../src/main/recognised-users.ts';
import { GeoDatabase } from '../../src/plugins/geo/database.ts';
import { GeoLookup } from '../../src/plugins/geo/lookup.ts';
import { type AccessLog, createAccessLog } from '../../src/telemetry/access-log.ts';
import type { UpstreamSpec } from '../../src/upstream/spec.ts';
import { country, mmdb } from './mmdb.ts';

export const KERNEL_DOMAIN = 'example.com';

export interface KernelOptions {
  /** A configuration file. */
  readonly resources: string;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Stands for every server: upstreams, and what plugins ask. `url` is that of the configuration. */
  readonly answer: (x: Exchange, url: string) => Awaitable<Response | Refusal>;
  /** Who is meant by our own sessions and tokens; nobody when left out. */
  readonly identify?: KernelParts['identify'];
  readonly log?: (lines: string) => void;
  readonly scripts: ScriptSupply;
}

export type AskedHead = Partial<Omit<RequestHead, 'headers'>> & { readonly headers?: readonly string[] };

/** A configuration, compiled as it is for users and served by the kernel, without a socket on either side. */
export class CompiledKernel {
  readonly snapshot: Snapshot;
  readonly #kernel: Kernel;
  readonly #log: AccessLog;
  readonly #limits = new LocalLimits({ clock: systemClock, ledger: { read: () => null, keep: async () => {} } });

  /** @throws Error when the configuration has a mistake */
  constructor(options: KernelOptions) {
    this.snapshot = this.#compile(options);
    this.#log = createAccessLog({ write: (lines) => options.log?.(lines.toString('utf8')) });
    this.#kernel = createKernel(partsOf(options, this.#log));
  }

  /** Takes a request to the moment when `writer` has its answer. */
  ask({ headers = [], ...head }: AskedHead, body: Body | null, writer: ResponseWriter): void {
    const host = head.host ?? `app.${KERNEL_DOMAIN}`;
    const request: RequestHead = { ...HEAD, host, authority: host, ...head, headers: new HeaderList([...headers]) };
    const x = new Exchange(newRequestId(), this.snapshot, request, body, systemClock.monotonic());
    this.#kernel.handle(x, writer);
  }

  /** What is left to be logged is logged. */
  close(): void {
    this.#log.close();
    this.#limits.close();
  }

  #compile({ resources, secrets = {}, answer, scripts }: KernelOptions): Snapshot {
    const create = (spec: UpstreamSpec) => {
      const url = spec.url ?? spec.balance!.endpoints[0]!.url;
      const { host } = new URL(url);
      const forward = (x: Exchange) => answer(x, url);
      return { name: url, authority: host, forward, converse: agreeing, start() {}, async close() {} };
    };
    const compiler = new Compiler({
      domain: KERNEL_DOMAIN,
      engine: createCelEngine(),
      canonicalPath: canonicalPathOrNull,
      upstreams: new UpstreamRegistry(create),
      recognise: recognisedUsers(systemClock),
      limits: this.#limits,
      allowsFaults: true,
      geo: GEO,
      scripts,
    });
    const { compiled, diagnostics } = assemble({
      compile: (input) => compiler.compile(input),
      files: readTexts([{ file: 'in.yaml', text: resources }]),
      stored: [],
      isSealed: (name) => Object.hasOwn(secrets, name),
    });
    const mistake = diagnostics.find(({ severity }) => severity === 'error');
    if (mistake !== undefined) throw new Error(`${mistake.path}: ${mistake.message}\n${resources}`);
    compiled.commit();
    return { ...compiled.snapshot, secrets: viewOf(secrets) };
  }
}

const GEO = new GeoLookup({ places: new GeoDatabase(mmdb({ '192.0.2.0/24': country('CH', 'EU') })) });

/** A processor that is sent a part and changes nothing of it: the number of its answer is one less (ext_proc). */
const agreeing: Converse = async (_x, _method, listener) => ({
  say: (message) => queueMicrotask(() => listener.heard(Buffer.of((((message[0]! >> 3) - 1) << 3) | 2, 0))),
  end() {},
  cancel() {},
});

const HEAD = {
  method: 'GET',
  scheme: 'https',
  path: '/',
  query: '',
  clientAddress: '192.0.2.1',
  httpVersion: '1.1',
  upgrade: null,
  tls: null,
} as const;

function viewOf(secrets: Readonly<Record<string, string>>): SecretView {
  const values = new Map(Object.entries(secrets).map(([name, text]) => [name, new SecretValue(text)]));
  return { open: (name) => values.get(name) ?? null, version: () => 1 };
}

function partsOf({ identify = nobody }: KernelOptions, log: AccessLog): KernelParts {
  return {
    clock: systemClock,
    identify,
    identifyAgain: nobody,
    buildInput: (x, principal = x.principal!) => inputOf(x, { time: systemClock.now(), hasGrant: false, principal }),
    site: () => null,
    spell: (_, { reason }) => ({
      status: REASONS[reason].status,
      headers: new HeaderList(['x-ostiary-reason', reason]),
      body: new BufferedBody(reason),
    }),
    observers: [log],
    streams: new OpenStreams(),
    bodyLimits: defaultBodyLimits(),
  };
}

function nobody(): Identification {
  return { kind: 'not-responsible' };
}
