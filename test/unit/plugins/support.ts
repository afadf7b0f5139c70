import type { PolicyInput } from '../../../policies/input.ts';
import type { TextResult } from '../../../policies/text.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { AppError } from '../../../src/base/errors.ts';
import { canonicalPathOrNull } from '../../../src/downstream/canonical/index.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { NO_LIMITS } from '../../../src/gateway/limits/limits.ts';
import { refuse } from '../../../src/gateway/outcome.ts';
import { SlotTable } from '../../../src/gateway/slot.ts';
import { ResponseStore } from '../../../src/plugins/cache/store.ts';
import type { PluginDeps } from '../../../src/plugins/deps.ts';
import { exchangeWith } from '../upstream/support.ts';

const slots = new SlotTable();

/** Expressions of the tests: their source names the result. */
export const deps: PluginDeps = {
  canonicalPath: canonicalPathOrNull,
  compileText: (source) => {
    if (source === 'nonsense') throw new AppError('invalid', 'nonsense is no expression');
    return { evaluate: () => resultOf(source) };
  },
  compileTemplate: (source) => ({ evaluate: () => resultOf(source) }),
  compileCondition: ({ matchAny }) => ({ evaluate: () => matchAny === true }),
  mistake: (path, message) => {
    throw new AppError('invalid', `${path.join('.')}: ${message}`);
  },
  slot: <T>() => slots.slot<T>(),
  clock: systemClock,
  limits: NO_LIMITS,
  shared: null,
  responses: new ResponseStore(1_000_000),
  geo: null,
  scripts: { find: () => ({ kind: 'unknown' }) },
  recognised: () => ({ kind: 'not-responsible' }),
  outbound: () => ({ ask: async () => ({ kind: 'failed', message: 'nobody is there' }) }),
  count: () => {},
  allowsFaults: true,
  mode: 'HTTP',
  converse: () => async () => refuse('upstream-unreachable', 'nobody is there'),
  place: { service: 'echo', config: 'default', plugin: 'one', fingerprint: () => '' },
};

function resultOf(source: string): TextResult {
  if (source === 'absent') return { kind: 'absent' };
  return source === 'error' ? { kind: 'error', detail: 'it failed' } : { kind: 'text', text: source };
}

/** An exchange that has come as far as the plugins after authorization. */
export function authorized(change: Parameters<typeof exchangeWith>[0] = {}): Exchange {
  const x = exchangeWith(change);
  x.input = {} as PolicyInput;
  return x;
}
