import { BINDING_MACROS } from './binding.ts';
import { BLOCK_MACROS } from './block.ts';
import { EXTREME_MACROS } from './extreme.ts';
import { type Macro, type MacroTable, macroTable } from './macro.ts';
import { STANDARD_MACROS } from './standard.ts';
import { TWO_VARIABLE_MACROS } from './two-variables.ts';

const LANGUAGE: readonly Macro[] = [...STANDARD_MACROS, ...TWO_VARIABLE_MACROS, ...BINDING_MACROS, ...EXTREME_MACROS];

/** Every macro that an expression of a policy may use. */
export const MACROS: MacroTable = macroTable(LANGUAGE);

/** With those that only programs write: for expressions of other tools. */
export const ALL_MACROS: MacroTable = macroTable([...LANGUAGE, ...BLOCK_MACROS]);
