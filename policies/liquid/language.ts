import {
  type Context,
  defaultOperators,
  type Emitter,
  evalToken,
  type FilterImplOptions,
  ForTag,
  filters,
  Liquid,
  type Operators,
} from 'liquidjs';
import { type Limit, spendLook, spendSearch } from './effort.ts';

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
  return liquid;
}

/** The library asks for room for what filters make; what they look at is counted here. */
function counted(name: string): FilterImplOptions {
  const filter = filters[name];
  if (typeof filter !== 'function') throw new TypeError(`${name} is no plain filter`);
  const isSearching = (SEARCHING as readonly string[]).includes(name);
  return function (value: unknown, ...args: unknown[]): unknown {
    const limit = this.context.memoryLimit;
    limit.use(FILTER_COST);
    if (Array.isArray(value)) limit.use(ITEM_COST * value.length);
    if (isSearching) spendSearch(value, args[0], limit);
    return filter.call(this, value, ...args);
  };
}

function countedOperators(): Operators {
  const counting = (name: '==' | '!=' | 'contains') => (left: unknown, right: unknown, context: Context) => {
    spendLook(left, context.memoryLimit);
    spendSearch(left, right, context.memoryLimit);
    return (defaultOperators[name] as Binary)(left, right, context);
  };
  return { ...defaultOperators, '==': counting('=='), '!=': counting('!='), contains: counting('contains') };
}

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

/** The language as templates of configuration have it: no files, no prototypes, no filter that is not known. */
export const LIQUID = createLanguage();
