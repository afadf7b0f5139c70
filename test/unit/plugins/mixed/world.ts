import { after } from 'node:test';
import { HeaderList } from '../../../../src/base/header-list.ts';
import type { Exchange } from '../../../../src/gateway/exchange.ts';
import type { Response } from '../../../../src/gateway/outcome.ts';
import { CompiledKernel, KERNEL_DOMAIN } from '../../../support/compiled-kernel.ts';
import { streamed } from '../../../support/manual-body.ts';
import { AUTHZ_GRPC, AUTHZ_HTTP, SAMPLE_SECRETS } from '../../../support/plugin-samples.ts';
import { openSampleScripts } from '../../../support/sample-scripts.ts';
import { ASKERS, type Mix, type MixedRequest } from './mix.ts';
import { identifyOurs, resourcesOf, UPSTREAM } from './resources.ts';
import { answerTo, grpcYes, readAnswer } from './upstream.ts';

const scripts = await openSampleScripts();
after(() => scripts.close());

/** `app` and `open` have the plugins, the latter for everybody; `bare` has those that identify alone. */
export type MixedService = 'app' | 'open' | 'bare';

export interface MixedAnswer {
  readonly request: MixedRequest;
  readonly x: Exchange;
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
  /** The upstream was asked for it. */
  readonly isAsked: boolean;
}

/** Services with those plugins before an upstream that answers everybody with who they are. */
export class MixedWorld {
  /** The access log. */
  log = '';
  /** What the upstream, and what others that plugins ask, were sent; each field as `name: value`. */
  readonly toUpstream: string[] = [];
  readonly toOthers: string[] = [];
  readonly #kernel: CompiledKernel;
  readonly #asked = new Set<Exchange>();
  #turn = 0;

  constructor(given: Mix) {
    this.#kernel = new CompiledKernel({
      scripts,
      resources: resourcesOf(given),
      secrets: SAMPLE_SECRETS,
      identify: identifyOurs,
      answer: (x, url) => this.#answer(x, url),
      log: (lines) => {
        this.log += lines;
      },
    });
  }

  /** All at once, so that they wait for and overtake each other. */
  ask(name: MixedService, requests: readonly MixedRequest[]): Promise<MixedAnswer[]> {
    return Promise.all(requests.map((one) => this.#ask(name, one)));
  }

  close(): void {
    this.#kernel.close();
  }

  #ask(name: MixedService, one: MixedRequest): Promise<MixedAnswer> {
    const { asker, method, path, said, fields: more } = one;
    const body = method === 'POST' ? streamed('a=', 'b') : null;
    const headers = [...ASKERS[asker]!, ...more.flat(), ...(body === null ? [] : ['content-type', 'text/plain'])];
    const host = `${name}.${KERNEL_DOMAIN}`;
    return new Promise((resolve) => {
      this.#kernel.ask({ host, method, path, query: `said=${said}`, headers }, body, {
        send: (x, response, settlement) => {
          readAnswer(response, (text) => {
            settlement.settled(x, true);
            const { status, headers: fieldsOf } = response;
            resolve({ request: one, x, status, headers: fieldsOf, body: text, isAsked: this.#asked.has(x) });
          });
        },
      });
    });
  }

  async #answer(x: Exchange, url: string): Promise<Response> {
    const to = url === UPSTREAM ? this.toUpstream : this.toOthers;
    for (const [name, value] of x.outgoing!.headers) to.push(`${name}: ${value}`);
    if (url === AUTHZ_HTTP) return { status: 200, headers: new HeaderList(['x-plan', 'gold']), body: null };
    if (url === AUTHZ_GRPC) return grpcYes(x);
    this.#asked.add(x);
    for (let turns = this.#turn++ % 4; turns > 0; turns--) await new Promise(setImmediate);
    return answerTo(x);
  }
}
