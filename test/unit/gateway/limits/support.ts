import { after } from 'node:test';
import { LeasedLimits } from '../../../../src/gateway/limits/leased-limits.ts';
import { LimitOwner } from '../../../../src/gateway/limits/limit-owner.ts';
import type { Algorithm, LimitRule, Standing } from '../../../../src/gateway/limits/limits.ts';
import type { Holder } from '../../../../src/gateway/limits/messages.ts';
import type { Ledger, Used } from '../../../../src/gateway/limits/meter.ts';
import { TestClock } from '../../../support/test-clock.ts';

export const HOUR = 3_600_000;

export function rule(algorithm: Algorithm, limit: number, window = HOUR, burst = limit): LimitRule {
  return { id: `${algorithm} ${limit} ${window}`, algorithm, limit, window, burst };
}

export const allowedOf = (standings: readonly Standing[]) => standings.filter(({ allowed }) => allowed).length;

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

export interface Member extends Holder {
  readonly limits: LeasedLimits;
  hangs: boolean;
}

/** An owner with workers, between which messages take a turn of the event loop. */
export function gateway(
  workers: number,
  { mostKeys, ledger = NO_LEDGER }: { mostKeys?: number; ledger?: Ledger } = {},
) {
  const clock = new TestClock();
  const owner = new LimitOwner({ clock, ledger }, workers, mostKeys);
  after(() => owner.close());
  const messages = { count: 0 };
  const members = Array.from({ length: workers }, () => member(owner, clock, messages));
  return { clock, owner, members, messages };
}

function member(owner: LimitOwner, clock: TestClock, messages: { count: number }): Member {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const limits = new LeasedLimits(
    {
      ask: async (question) => {
        messages.count++;
        await turn();
        const grant = await owner.ask(one, question);
        await turn();
        return grant;
      },
      giveBack: (reports) => void turn().then(() => owner.giveBack(one, reports)),
    },
    clock,
  );
  after(() => limits.close());
  const one: Member = {
    limits,
    hangs: false,
    recall: async (what) => {
      await turn();
      if (one.hangs) await new Promise(() => {});
      const report = await limits.recall(what);
      await turn();
      return report;
    },
  };
  return one;
}
