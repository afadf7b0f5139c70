import { AppError } from '../../../base/errors.ts';
import { ANY_KEYWORDS } from './any.ts';
import { COMBINED_KEYWORDS } from './combined.ts';
import { LIST_KEYWORDS } from './lists.ts';
import { NUMBER_KEYWORDS } from './numbers.ts';
import { OBJECT_KEYWORDS } from './objects.ts';
import { resolvePointer } from './pointer.ts';
import type { Check } from './run.ts';
import { isObject, type Keyword, objectAt, type SchemaObject, type Site } from './site.ts';
import { TEXT_KEYWORDS } from './texts.ts';

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  ...ANY_KEYWORDS,
  ...NUMBER_KEYWORDS,
  ...TEXT_KEYWORDS,
  ...LIST_KEYWORDS,
  ...OBJECT_KEYWORDS,
  ...COMBINED_KEYWORDS,
  $defs: definitions,
  definitions,
};

/** Say nothing about values (JSON Schema Validation 8 and 9, OpenAPI 3.1 4.8.24). */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['$schema', '$comment', 'title', 'description', 'default', 'deprecated', 'readOnly', 'writeOnly', 'examples'],
  ...['contentEncoding', 'contentMediaType', 'contentSchema', 'example', 'externalDocs', 'xml', 'discriminator'],
]);

/** Of other versions, or more than is carried out here. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['additionalItems', 'is of another version: write prefixItems and items'],
  ['dependencies', 'is of another version: write dependentRequired or dependentSchemas'],
  ['nullable', 'is of another version: write type: [..., "null"]'],
]);

/**
 * Compiles JSON Schema 2020-12 (https://json-schema.org/draft/2020-12). What it does not carry out is a mistake and
 * never ignored: a keyword with a typing error would let everything through.
 */
export class SchemaCompiler {
  readonly #document: unknown;
  /** By pointer; filled before what it refers to is compiled, because schemas refer to themselves. */
  readonly #references = new Map<string, { check: Check }>();

  /** @param document what local references lead into */
  constructor(document: unknown) {
    this.#document = document;
  }

  /** @param pointer of the schema in the document: empty, or begins with a slash. @throws AppError `invalid` */
  at(pointer: string): Check {
    const found = resolvePointer(this.#document, pointer);
    if (found === undefined) throw new AppError('invalid', `there is no "#${pointer}"`);
    return this.#compile(found.value, pointer);
  }

  #compile(schema: unknown, pointer: string): Check {
    if (schema === true) return () => true;
    if (schema === false) return (_value, run) => run.refused('false');
    if (!isObject(schema)) throw new AppError('invalid', `#${pointer} is not a schema`);
    const checks = Object.keys(schema).flatMap((keyword) => this.#keyword(keyword, schema, pointer) ?? []);
    return all(checks);
  }

  #keyword(keyword: string, schema: SchemaObject, pointer: string): Check | null {
    const site = this.#site(keyword, schema, pointer);
    if (ANNOTATIONS.has(keyword) || keyword.startsWith('x-')) return null;
    if (keyword === '$id' && pointer === '') return null;
    if (!Object.hasOwn(KEYWORDS, keyword)) throw site.mistake(INSTEAD.get(keyword) ?? 'is not supported');
    return KEYWORDS[keyword]!(schema[keyword], site);
  }

  #site(keyword: string, schema: SchemaObject, pointer: string): Site {
    const here = `${pointer}/${escaped(keyword)}`;
    return {
      keyword,
      schema,
      compile: (inner, ...keys) => this.#compile(inner, [here, ...keys.map(escaped)].join('/')),
      reference: (target) => this.#reference(target, here),
      beside: (other) => this.#site(other, schema, pointer),
      mistake: (message) => new AppError('invalid', `#${here}: ${keyword} ${message}`),
    };
  }

  #reference(target: string, from: string): Check {
    const pointer = localPointer(target);
    const known = pointer === null ? undefined : this.#references.get(pointer);
    const found = known ?? this.#learn(pointer, `#${from}: ${JSON.stringify(target)}`);
    return (value, run) => {
      run.enter();
      const isValid = found.check(value, run);
      run.leave();
      return isValid;
    };
  }

  #learn(pointer: string | null, said: string): { check: Check } {
    if (pointer === null) throw new AppError('invalid', `${said} is not a reference such as "#/$defs/name"`);
    const found = resolvePointer(this.#document, pointer);
    if (found === undefined) throw new AppError('invalid', `${said} leads nowhere`);
    const reference = { check: (): boolean => false };
    this.#references.set(pointer, reference);
    return Object.assign(reference, { check: this.#compile(found.value, pointer) });
  }
}

/** All of them hold. */
function all(checks: readonly Check[]): Check {
  const [first, second] = checks;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return (value, run) => {
    run.spend(1);
    for (const check of checks) {
      if (!check(value, run)) return false;
    }
    return true;
  };
}

/** Compiled for its mistakes; what refers to them compiles them once more. */
function definitions(argument: unknown, site: Site): null {
  for (const [key, schema] of Object.entries(objectAt(argument, site))) site.compile(schema, key);
  return null;
}

/** The fragment as a pointer; `null` for what leads out of the document, or to an anchor. */
function localPointer(reference: string): string | null {
  if (!/^#(\/|$)/.test(reference)) return null;
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return null;
  }
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
