import { systemClock } from '../base/clock.ts';
import { LimitOwner } from '../gateway/limits/limit-owner.ts';
import { LocalLimits } from '../gateway/limits/local-limits.ts';
import type { Store } from '../store/store.ts';
import { QuotaLedger } from './quota-ledger.ts';

/** Of a gateway in one process. */
export async function openLocalLimits(store: Store, stack: AsyncDisposableStack): Promise<LocalLimits> {
  const ledger = await openLedger(store, stack);
  const limits = new LocalLimits({ clock: systemClock, ledger });
  stack.defer(() => limits.close());
  return limits;
}

/** Of one with several. */
export async function openLimitOwner(store: Store, workers: number, stack: AsyncDisposableStack): Promise<LimitOwner> {
  const ledger = await openLedger(store, stack);
  const owner = new LimitOwner({ clock: systemClock, ledger }, workers);
  stack.defer(() => owner.close());
  return owner;
}

async function openLedger({ identity: { records } }: Store, stack: AsyncDisposableStack): Promise<QuotaLedger> {
  const ledger = await QuotaLedger.open(records);
  // What is given back at the end is kept too.
  stack.defer(() => ledger.settled());
  return ledger;
}
