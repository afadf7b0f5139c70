import type { KeptFactor } from './factor.ts';
import type { Factors } from './factors.ts';
import type { RecoveryCodes } from './recovery-codes.ts';

export interface RemovalDeps {
  readonly factors: Factors;
  readonly recoveryCodes: RecoveryCodes;
}

/** Recovery codes stand in for second factors: they go with the last one. */
export async function removeWithCodes({ factors, recoveryCodes }: RemovalDeps, kept: KeptFactor): Promise<void> {
  await factors.remove(kept);
  const { name } = kept.factor.user;
  const left = await factors.ofName(name);
  if (left.length === 0) await recoveryCodes.forget(name);
}
