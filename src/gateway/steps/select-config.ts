import type { Selection } from '../../../policies/select.ts';
import type { Exchange } from '../exchange.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { CompiledConfig } from '../snapshot.ts';
import type { DecidingStep } from '../step.ts';

export const selectConfig: DecidingStep = (x) => {
  const round = rounds(x);
  const selection = round();
  const { remote } = x.input!;
  return remote?.isWaiting === true ? remote.settle(round).then((s) => selected(x, s)) : selected(x, selection);
};

/** Each round looks at all rules again, with what the decision has left: what the one before took does not count. */
function rounds(x: Exchange): () => Selection<CompiledConfig> {
  const { selector } = x.service!;
  const input = x.input!;
  const { budget } = input;
  const left = budget?.left ?? 0;
  return () => {
    if (budget !== null) budget.left = left;
    return selector.select(input);
  };
}

function selected(x: Exchange, selection: Selection<CompiledConfig>): Outcome | null {
  switch (selection.kind) {
    case 'selected':
      x.config = selection.config;
      x.split = selection.split ?? null;
      return null;
    case 'none':
      return refuse('no-config', 'no rule matches and there is no default config');
    case 'error':
      return refuse('config-error', selection.detail);
  }
}
