import type { Ledger, Used } from '../../../../src/gateway/limits/meter.ts';

export const NO_LEDGER: Ledger = { read: () => null, keep: () => Promise.reject(new Error('nothing is kept here')) };

/** Keeps in memory; as long as `fails` it does not. */
export class TestLedger implements Ledger {
  readonly kept = new Map<string, Used>();
  writes = 0;
  fails = false;

  read(id: string, key: string): Used | null {
    return this.kept.get(`${id} ${key}`) ?? null;
  }

  async keep(id: string, key: string, used: Used): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.fails) throw new Error('the disk is full');
    this.writes++;
    this.kept.set(`${id} ${key}`, used);
  }
}
