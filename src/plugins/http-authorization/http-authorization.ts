import { HeaderList } from '../../base/header-list.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Outcome } from '../../gateway/outcome.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import { type Answered, Asking, denied, MOST_QUESTIONS, timeoutOf, unavailable } from '../authorization/asking.ts';
import { settableNames } from '../authorization/fields.ts';
import type { PluginDeps } from '../deps.ts';
import { asks, compileQuestion } from './question.ts';
import type { HttpAuthorization } from './schema.ts';

/** Asks another system over HTTP whether a request may go on. */
export const plugin: PluginType<HttpAuthorization, PluginDeps> = {
  create: (config, deps): Plugin => {
    const { timeout, trustedCAs, clientCertificate, upstreamHeaders = [], clientHeaders = USUALLY_PASSED } = config;
    const outbound = deps.outbound({
      url: config.url,
      protocol: 'http',
      timeout: timeoutOf(timeout),
      mostAtOnce: MOST_QUESTIONS,
      ...(trustedCAs && { trustedCAs }),
      ...(clientCertificate && { clientCertificate: clientCertificate.fromSecret }),
    });
    const asking = new Asking(outbound);
    const question = compileQuestion(config, deps);
    const passed = {
      upstream: settableNames(upstreamHeaders, ['upstreamHeaders'], deps),
      client: settableNames(clientHeaders, ['clientHeaders'], deps),
    };
    return {
      // No client says it itself, also where nobody is asked; what is asked about must come as far as the question.
      credentials: { headers: passed.upstream.filter((name) => !asks(config, name)), parameters: [] },
      onAuthorized: async (x) => {
        const asked = question(x);
        if (asked.kind === 'none') return unavailable(deps, asked.because);
        const answer = await asking.ask(x, asked.request);
        return answer.kind === 'failed' ? unavailable(deps, answer.message) : judged(x, answer, passed, deps);
      },
    };
  },
};

const USUALLY_PASSED = ['content-type', 'www-authenticate'];

interface Passed {
  readonly upstream: readonly string[];
  readonly client: readonly string[];
}

/** Only what is a yes is one, and only what is a no is told as such. */
function judged(x: Exchange, answer: Answered, passed: Passed, deps: PluginDeps): Outcome | null {
  const { status, headers, body } = answer;
  if (status >= 200 && status < 300) {
    replace(x.outgoing!.headers, headers, passed.upstream);
    return null;
  }
  if (status !== 401 && status !== 403) return unavailable(deps, `it answered ${status}`);
  const told = new HeaderList();
  replace(told, headers, passed.client);
  return denied(x, { status, headers: told, body }, deps);
}

/** What the service does not say is not there either: it would be the client's word. */
function replace(to: HeaderList, from: HeaderList, names: readonly string[]): void {
  for (const name of names) {
    to.delete(name);
    for (const value of from.all(name)) to.append(name, value);
  }
}
