import { Bucket } from './bucket.ts';
import { Calendar } from './calendar.ts';
import { Concurrency } from './concurrency.ts';
import { FixedWindow } from './fixed-window.ts';
import type { Algorithm, LimitRule } from './limits.ts';
import type { Meter, MeterDeps } from './meter.ts';
import { SlidingWindow } from './sliding-window.ts';

type Make = (rule: LimitRule, key: string, deps: MeterDeps) => Meter;

const MAKE: Record<Algorithm, Make> = {
  'sliding-window': (rule) => new SlidingWindow(rule),
  'fixed-window': (rule) => new FixedWindow(rule),
  'token-bucket': (rule) => new Bucket(rule, rule.burst, false),
  // One is on its way while the others wait.
  'leaky-bucket': (rule) => new Bucket(rule, rule.burst + 1, true),
  concurrency: (rule) => new Concurrency(rule),
  day: (rule, key, deps) => new Calendar(rule, key, deps),
  month: (rule, key, deps) => new Calendar(rule, key, deps),
};

export function createMeter(rule: LimitRule, key: string, deps: MeterDeps): Meter {
  return MAKE[rule.algorithm](rule, key, deps);
}
