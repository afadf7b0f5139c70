import { Type } from 'typebox';

/** Fractions too: a tenth of a per cent of much is enough to try something out. */
export const Percent = Type.Number({ minimum: 0, maximum: 100 });

/** Whether this one is among them; each is drawn for itself. */
export function falls(percent: number): boolean {
  return Math.random() * 100 < percent;
}
