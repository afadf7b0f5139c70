import type { Selection } from '../../../policies/select.ts';
import type { Exchange } from '../exchange.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { CompiledConfig } from '../snapshot.ts';
import type { DecidingStep } from '../step.ts';

export const selectConfig: DecidingStep = (x) => {
  const selection = select(x);
  const { remote } = x.input!;
  return remote?.isWaiting === true
    ? remote.settle(() => select(x)).then((s) => selected(x, s))
    : selected(x, selection);
};

function select(x: Exchange): Selection<CompiledConfig> {
  return x.service!.selector.select(x.input!);
}

function selected(x: Exchange, selection: Selection<CompiledConfig>): Outcome | null {
  switch (selection.kind) {
    case 'selected':
      x.config = selection.config;
      return null;
    case 'none':
      return refuse('no-config', 'no rule matches and there is no default config');
    case 'error':
      return refuse('config-error', selection.detail);
  }
}
