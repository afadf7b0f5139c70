import { text } from './scalars.ts';

/** Liquid over `ctx`. */
export const LiquidSource = text(4096);
