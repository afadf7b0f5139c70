import {
  CaseTag,
  Context,
  defaultOperators,
  type Emitter,
  evalToken,
  type FilterImplOptions,
  ForTag,
  filters,
  Liquid,
  type Operators,
} from 'liquidjs';
import { type Limit, spendLook, spendOrder, spendRead, spendSearch } from './effort.ts';

/** Tags of Liquid that templates do not have: what they name stands in other files, or they write HTML. */
const LEFT_OUT = ['include', 'render', 'layout', 'block', 'tablerow'] as const;

/** Those that look for their argument in the text. */
const SEARCHING = [
  'replace',
  'replace_first',
  'replace_last',
  'remove',
  'remove_first',
  'remove_last',
  'split',
] as const;

/**
 * Filters of Liquid whose work can be counted, and that give texts, numbers and flat lists. Those that are left out run
 * templates that come from data, put lists into lists, roll dice or are for HTML.
 */
export const FILTERS: readonly string[] = [
  ...SEARCHING,
  ...['append', 'prepend', 'capitalize', 'downcase', 'upcase', 'strip', 'lstrip', 'rstrip', 'squish', 'strip_newlines'],
  ...['slice', 'truncate', 'truncatewords', 'escape', 'url_encode', 'url_decode', 'uri_escape', 'slugify'],
  ...['base64_encode', 'base64_decode', 'sha256', 'json', 'default', 'date'],
  ...['abs', 'at_least', 'at_most', 'ceil', 'divided_by', 'floor', 'minus', 'modulo', 'plus', 'round', 'times'],
  ...['join', 'first', 'last', 'size', 'map', 'where', 'reject', 'sort', 'sort_natural', 'reverse', 'uniq'],
  ...['compact', 'concat', 'sum'],
];

/** Those that look at texts of the items of a list more than once, or at numbers in them. */
const WEIGHING: ReadonlySet<string> = new Set(['sort', 'sort_natural', 'sum']);

/** Those whose argument is the path of a field, which is taken apart for each item. */
const BY_FIELD: ReadonlySet<string> = new Set(['map', 'where', 'reject', ...WEIGHING]);

/** Those that leave a list a list; the others make a text of it. */
const OF_LISTS: ReadonlySet<string> = new Set([
  ...[
    'concat',
    'first',
    'last',
    'size',
    'map',
    'where',
    'reject',
    'sort',
    'sort_natural',
    'reverse',
    'uniq',
    'compact',
  ],
  ...['default', 'json', 'slice'],
]);

/** Those whose work the library does not ask room for. */
const UNCOUNTED: ReadonlySet<string> = new Set(['url_encode', 'url_decode', 'uri_escape', 'slugify', 'slice']);

/** Units that any filter takes, and each item of a list that one goes through. */
const FILTER_COST = 10;
const ITEM_COST = 20;

function createLanguage(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    timezoneOffset: 0,
    operators: countedOperators(),
    outputEscape: countedOutput,
  });
  for (const name of Object.keys(filters)) liquid.unregisterFilter(name);
  for (const name of FILTERS) liquid.registerFilter(name, counted(name));
  for (const name of LEFT_OUT) delete liquid.tags[name];
  liquid.registerTag('for', CountedFor);
  liquid.registerTag('case', CountedCase);
  return liquid;
}

/**
 * The library asks for room for what filters make; what they look at is counted here. So is each text of a list that
 * comes out: a few long ones that stand in it often would be one very long text.
 */
function counted(name: string): FilterImplOptions {
  const filter = filters[name];
  if (typeof filter !== 'function') throw new TypeError(`${name} is no plain filter`);
  return function* (value: unknown, ...args: unknown[]): Generator<unknown, unknown, unknown> {
    const limit = this.context.memoryLimit;
    spendFilter(name, value, args, limit);
    const result: unknown = yield filter.call(this, value, ...args);
    if (Array.isArray(result) || UNCOUNTED.has(name)) spendLook(result, limit);
    return result;
  };
}

function spendFilter(name: string, value: unknown, args: readonly unknown[], limit: Limit): void {
  limit.use(FILTER_COST);
  if (Array.isArray(value)) limit.use(ITEM_COST * value.length);
  if (UNCOUNTED.has(name)) spendLook(value, limit);
  if (!OF_LISTS.has(name)) for (const one of [value, ...args]) if (Array.isArray(one)) spendLook(one, limit);
  if (BY_FIELD.has(name)) spendField(value, args[0], limit);
  if (WEIGHING.has(name)) spendOrder(value, args[0], limit);
  if ((SEARCHING as readonly string[]).includes(name)) spendSearch(value, args[0], limit);
}

/** @throws Error when a list stands where a field is named. */
function spendField(list: unknown, field: unknown, limit: Limit): void {
  if (typeof field === 'object' && field !== null) throw new Error('a field is named by a text');
  if (Array.isArray(list)) limit.use(String(field ?? '').length * list.length);
}

function countedOperators(): Operators {
  const counting = (name: keyof Operators) => (left: unknown, right: unknown, context: Context) => {
    spendLook(left, context.memoryLimit);
    if (Array.isArray(right)) spendLook(right, context.memoryLimit);
    return (defaultOperators[name] as Binary)(left, right, context);
  };
  const contains = (left: unknown, right: unknown, context: Context) => {
    spendSearch(left, right, context.memoryLimit);
    return counting('contains')(left, right, context);
  };
  const comparing = Object.fromEntries(COMPARING.map((name) => [name, counting(name)]));
  return { ...defaultOperators, ...comparing, contains };
}

const COMPARING = ['==', '!=', '<', '>', '<=', '>='] as const;

type Binary = (left: unknown, right: unknown, context: Context) => Generator<unknown, boolean, unknown>;

/** What is written, before it is; the library makes a text of whatever this gives. */
function countedOutput(this: { readonly context: Context }, value: unknown): string {
  spendLook(value, this.context.memoryLimit);
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null) {
    throw new Error('an object has no text: name one of its fields, or write | json');
  }
  return value as string;
}

/** Items that its parameters leave out are copied all the same. */
class CountedFor extends ForTag {
  override *render(context: Context, emitter: Emitter): ReturnType<ForTag['render']> {
    const collection: unknown = yield evalToken(this.collection, context);
    if (Array.isArray(collection)) (context.memoryLimit satisfies Limit).use(collection.length);
    return yield* super.render(context, emitter);
  }
}

/** The library compares without its operators here. */
class CountedCase extends CaseTag {
  override *render(context: Context, emitter: Emitter): ReturnType<CaseTag['render']> {
    const value: unknown = yield this.value.value(context, true);
    for (const { values } of this.branches) for (const _ of values) spendLook(value, context.memoryLimit);
    return yield* super.render(context, emitter);
  }
}

/** Wherever a list is read, it may be made a text: of a field's name, of the bounds of a loop. */
export class CountedContext extends Context {
  override *_getFromScope(
    ...[scope, path, strict]: Parameters<Context['_getFromScope']>
  ): ReturnType<Context['_getFromScope']> {
    const value: unknown = yield* super._getFromScope(scope, path, strict);
    spendRead(value, this.memoryLimit);
    return value;
  }
}

/** The language as templates of configuration have it: no files, no prototypes, no filter that is not known. */
export const LIQUID = createLanguage();
