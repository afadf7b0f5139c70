import { OWN_PATH_PREFIX } from '../../base/own-names.ts';
import type { KernelParts } from '../kernel.ts';
import type { Step } from '../step.ts';

/** `/.ostiary/` on every host and the whole auth host are ours; no Service may stand there. */
export const ownAddress: Step<Pick<KernelParts, 'site'>> = (x, parts) => {
  const { host, path } = x.request;
  const ours = host === x.snapshot.domain || path.startsWith(OWN_PATH_PREFIX);
  return ours ? parts.site(x) : null;
};
