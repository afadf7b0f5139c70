import { parseDocument, visit } from 'yaml';
import { AppError } from '../../base/errors.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { SchemaCompiler } from '../json-schema/validator/compile.ts';
import { resolvePointer } from '../json-schema/validator/pointer.ts';
import { isObject, type SchemaObject } from '../json-schema/validator/site.ts';

/** Levels of a document. */
const MOST_NESTED = 100;
/** References that lead to references. */
const MOST_REFERENCES = 10;

/** An object of an OpenAPI document, and where it stands. */
export interface Place {
  readonly value: SchemaObject;
  /** RFC 6901. */
  readonly pointer: string;
}

/** An OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1). */
export class OpenapiDocument {
  readonly root: Place;
  readonly schemas: SchemaCompiler;

  /** @throws AppError `invalid` */
  constructor(text: string) {
    const value = readDocument(text);
    if (!isObject(value)) throw new AppError('invalid', 'inline: this is no OpenAPI document');
    this.root = { value, pointer: '' };
    this.schemas = new SchemaCompiler(value);
    const { openapi, jsonSchemaDialect } = value;
    if (!/^3\.1\.\d+$/.test(String(openapi))) throw mistake(this.root, 'openapi', 'only 3.1 is supported');
    if (jsonSchemaDialect !== undefined) throw mistake(this.root, 'jsonSchemaDialect', 'is not supported');
  }

  /** The object at a key, or what it refers to; `null` when there is none. @throws AppError `invalid` */
  child(place: Place, key: string): Place | null {
    const value = Object.hasOwn(place.value, key) ? place.value[key] : undefined;
    if (value === undefined) return null;
    if (!isObject(value)) throw mistake(place, key, 'an object belongs here');
    return this.#followed({ value, pointer: pointerOf(place, key) });
  }

  /** All objects of a map, with their keys. */
  children(place: Place | null): [key: string, place: Place][] {
    if (place === null) return [];
    const keys = Object.keys(place.value).filter((key) => !key.startsWith('x-'));
    return keys.map((key) => [key, this.child(place, key)!]);
  }

  /** The objects of a list. */
  items(place: Place, key: string): Place[] {
    const value = place.value[key] ?? [];
    if (!Array.isArray(value)) throw mistake(place, key, 'a list belongs here');
    const list: Place = { value: Object.fromEntries(value.entries()), pointer: pointerOf(place, key) };
    return value.map((_item, i) => this.child(list, String(i))!);
  }

  #followed(place: Place): Place {
    let found = place;
    for (let i = 0; i < MOST_REFERENCES; i++) {
      const { $ref } = found.value;
      if ($ref === undefined) return found;
      const pointer = typeof $ref === 'string' && $ref.startsWith('#/') ? $ref.slice(1) : null;
      const target = pointer === null ? undefined : resolvePointer(this.root.value, pointer);
      if (pointer === null || !isObject(target?.value))
        throw mistake(found, '$ref', 'leads to nothing in this document');
      found = { value: target.value, pointer };
    }
    throw mistake(place, '$ref', 'leads to too many others');
  }
}

export function pointerOf({ pointer }: Place, key: string): string {
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export function mistake(place: Place, key: string, message: string): AppError {
  return new AppError('invalid', `#${pointerOf(place, key)}: ${message}`);
}

/** YAML, of which JSON is a part, without aliases, which can make a document endless. */
function readDocument(text: string): unknown {
  const parsed = parsedYaml(text);
  const json = parsed === null ? null : parseStrictJson(Buffer.from(parsed), MOST_NESTED);
  if (json?.kind !== 'value')
    throw new AppError('invalid', 'inline: the document is neither YAML nor JSON, or nests too deep');
  return json.value;
}

function parsedYaml(text: string): string | null {
  try {
    const document = parseDocument(text, { schema: 'core', uniqueKeys: true, logLevel: 'silent' });
    if (document.errors.length > 0) return null;
    visit(document, {
      Alias: () => {
        throw new AppError('invalid', 'inline: aliases of YAML are not supported');
      },
    });
    return JSON.stringify(document.toJS()) ?? null;
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    return null;
  }
}
