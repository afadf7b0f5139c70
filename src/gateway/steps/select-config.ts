import { refuse } from '../outcome.ts';
import type { Step } from '../step.ts';

export const selectConfig: Step = (x) => {
  const selection = x.service!.selector.select(x.input!);
  switch (selection.kind) {
    case 'selected':
      x.config = selection.config;
      return null;
    case 'none':
      return refuse('no-config', 'no rule matches and there is no default config');
    case 'error':
      return refuse('config-error', selection.detail);
  }
};
