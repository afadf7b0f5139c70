import type { Builtin, Builtins } from '../builtins/builtin.ts';
import { ANSWERS, checkNumbers, undefinedHere } from './answers.ts';

/** A built-in function that OPA puts into the modules it makes. */
export interface NativeFunction {
  /** `to_number` */
  readonly name: string;
  /** What it is called in the module, such as `opa_to_number`. */
  readonly inside: string;
  readonly operands: 1 | 2 | 3;
  /** The module's own is not used at all. */
  readonly isReplaced: boolean;
  /** The host looks at its operands before it is called. */
  readonly isChecked: boolean;
  /** Asked when the one in the module has no result, or instead of it. */
  readonly answer: Builtin;
}

/** The module's own does not come back when the text to be replaced is empty. */
const REPLACED: ReadonlySet<string> = new Set(['replace']);

/** They read numbers from texts, which may be too long to compute with. */
const CHECKED: ReadonlySet<string> = new Set(['json.unmarshal', 'to_number']);

type Row = readonly [name: string, inside: string, operands: NativeFunction['operands']];

/** Of OPA 1.22, which has no result for some operands of each; `all`, `any` and `set_diff` are of Rego v0. */
const ROWS: readonly Row[] = [
  ['abs', 'opa_arith_abs', 1],
  ['all', 'opa_agg_all', 1],
  ['and', 'opa_set_intersection', 2],
  ['any', 'opa_agg_any', 1],
  ['array.concat', 'opa_array_concat', 2],
  ['array.flatten', 'opa_array_flatten', 1],
  ['array.reverse', 'opa_array_reverse', 1],
  ['array.slice', 'opa_array_slice', 3],
  ['base64.decode', 'opa_base64_decode', 1],
  ['base64.encode', 'opa_base64_encode', 1],
  ['base64url.decode', 'opa_base64_url_decode', 1],
  ['base64url.encode', 'opa_base64_url_encode', 1],
  ['bits.and', 'opa_bits_and', 2],
  ['bits.lsh', 'opa_bits_shiftleft', 2],
  ['bits.negate', 'opa_bits_negate', 1],
  ['bits.or', 'opa_bits_or', 2],
  ['bits.rsh', 'opa_bits_shiftright', 2],
  ['bits.xor', 'opa_bits_xor', 2],
  ['ceil', 'opa_arith_ceil', 1],
  ['concat', 'opa_strings_concat', 2],
  ['contains', 'opa_strings_contains', 2],
  ['count', 'opa_agg_count', 1],
  ['div', 'opa_arith_divide', 2],
  ['endswith', 'opa_strings_endswith', 2],
  ['floor', 'opa_arith_floor', 1],
  ['format_int', 'opa_strings_format_int', 2],
  ['glob.match', 'opa_glob_match', 3],
  ['graph.reachable', 'builtin_graph_reachable', 2],
  ['indexof', 'opa_strings_indexof', 2],
  ['intersection', 'opa_sets_intersection', 1],
  ['json.filter', 'builtin_json_filter', 2],
  ['json.marshal', 'opa_json_marshal', 1],
  ['json.remove', 'builtin_json_remove', 2],
  ['json.unmarshal', 'opa_json_unmarshal', 1],
  ['lower', 'opa_strings_lower', 1],
  ['max', 'opa_agg_max', 1],
  ['min', 'opa_agg_min', 1],
  ['minus', 'opa_arith_minus', 2],
  ['mul', 'opa_arith_multiply', 2],
  ['net.cidr_contains', 'opa_cidr_contains', 2],
  ['net.cidr_intersects', 'opa_cidr_intersects', 2],
  ['numbers.range', 'opa_numbers_range', 2],
  ['object.filter', 'builtin_object_filter', 2],
  ['object.get', 'builtin_object_get', 3],
  ['object.keys', 'builtin_object_keys', 1],
  ['object.remove', 'builtin_object_remove', 2],
  ['object.union', 'builtin_object_union', 2],
  ['object.union_n', 'builtin_object_union_n', 1],
  ['or', 'opa_set_union', 2],
  ['plus', 'opa_arith_plus', 2],
  ['product', 'opa_agg_product', 1],
  ['regex.find_all_string_submatch_n', 'opa_regex_find_all_string_submatch', 3],
  ['regex.match', 'opa_regex_match', 2],
  ['rem', 'opa_arith_rem', 2],
  ['replace', 'opa_strings_replace', 3],
  ['round', 'opa_arith_round', 1],
  ['set_diff', 'opa_set_diff', 2],
  ['sort', 'opa_agg_sort', 1],
  ['split', 'opa_strings_split', 2],
  ['startswith', 'opa_strings_startswith', 2],
  ['strings.replace_n', 'opa_strings_replace_n', 2],
  ['strings.reverse', 'opa_strings_reverse', 1],
  ['substring', 'opa_strings_substring', 3],
  ['sum', 'opa_agg_sum', 1],
  ['to_number', 'opa_to_number', 1],
  ['trim', 'opa_strings_trim', 2],
  ['trim_left', 'opa_strings_trim_left', 2],
  ['trim_prefix', 'opa_strings_trim_prefix', 2],
  ['trim_right', 'opa_strings_trim_right', 2],
  ['trim_space', 'opa_strings_trim_space', 1],
  ['trim_suffix', 'opa_strings_trim_suffix', 2],
  ['union', 'opa_sets_union', 1],
  ['upper', 'opa_strings_upper', 1],
];

export const NATIVES: readonly NativeFunction[] = ROWS.map(([name, inside, operands]) => ({
  name,
  inside,
  operands,
  isReplaced: REPLACED.has(name),
  isChecked: CHECKED.has(name),
  answer: ANSWERS.get(name) ?? undefinedHere,
}));

/** Numbers that a module has for functions of its host are not negative. */
export function numberOf(native: NativeFunction): number {
  return -1 - NATIVES.indexOf(native);
}

export function numberOfCheck(native: NativeFunction): number {
  return numberOf(native) - NATIVES.length;
}

const CHECKS = NATIVES.filter(({ isChecked }) => isChecked);

/** Names of the functions that modules ask their host for because they are watched, by number. */
export const NATIVE_NAMES: ReadonlyMap<number, string> = new Map([
  ...NATIVES.map((native) => [numberOf(native), native.name] as const),
  ...CHECKS.map((native) => [numberOfCheck(native), checkOf(native)] as const),
]);

export const NATIVE_ANSWERS: Builtins = new Map([
  ...NATIVES.map(({ name, answer }) => [name, answer] as const),
  ...CHECKS.map((native) => [checkOf(native), checkNumbers] as const),
]);

function checkOf({ name }: NativeFunction): string {
  return `operand of ${name}`;
}
