import type { Overload } from '../overload.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { CONCATENATION } from './concatenation.ts';
import { OPERATORS } from './operators.ts';
import { SIZE } from './size.ts';
import { TEXTS } from './texts.ts';
import { TIME_ARITHMETIC } from './time-arithmetic.ts';
import { TIME_PARTS } from './time-parts.ts';
import { TO_NUMBER } from './to-number.ts';
import { TO_TEXT } from './to-text.ts';
import { TO_TIME } from './to-time.ts';
import { TO_TYPE } from './to-type.ts';

/** Operators and functions of the language itself. */
export const STANDARD: readonly Overload[] = [
  ...OPERATORS,
  ...ARITHMETIC,
  ...CONCATENATION,
  ...TIME_ARITHMETIC,
  ...SIZE,
  ...TEXTS,
  ...TO_NUMBER,
  ...TO_TEXT,
  ...TO_TIME,
  ...TO_TYPE,
  ...TIME_PARTS,
];
