import type { Exchange } from '../../gateway/exchange.ts';
import { type BodyRules, compileBody } from './body.ts';
import { mistake, type OpenapiDocument, type Place } from './document.ts';
import { compileParameter, type Parameter, type ParameterHome } from './parameter.ts';
import { cookieValues, percentDecoded, queryValues, type Values } from './values.ts';

/** What is described for one method of one path. */
export interface Operation {
  readonly parameters: readonly Parameter[];
  /** Names that may stand in the query; `null`: any. */
  readonly queryNames: ReadonlySet<string> | null;
  readonly body: BodyRules;
}

export interface OperationOptions {
  readonly allowsOtherQuery: boolean;
  readonly isLaxAboutBodies: boolean;
  /** Names in the query that a security scheme has. */
  readonly keysInQuery: readonly string[];
}

/** They are described elsewhere in a document, and here they have no effect (OpenAPI 3.1, 4.8.12.2.1). */
const NO_PARAMETERS: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization']);

/** @param shared the parameters of its path @param names those of the path template @throws AppError `invalid` */
export function compileOperation(
  place: Place,
  shared: readonly Parameter[],
  names: readonly string[],
  document: OpenapiDocument,
  options: OperationOptions,
): Operation {
  if (place.value.servers !== undefined) throw mistake(place, 'servers', 'is not supported here');
  const own = compileParameters(place, document);
  const inherited = shared.filter((one) => !own.some((other) => isSame(one, other)));
  const parameters = [...inherited, ...own];
  checkNames(place, parameters, names);
  const inQuery = parameters.filter(({ home }) => home === 'query').map(({ name }) => name);
  return {
    parameters,
    queryNames: options.allowsOtherQuery ? null : new Set([...inQuery, ...options.keysInQuery]),
    body: compileBody(document.child(place, 'requestBody'), document, options.isLaxAboutBodies),
  };
}

export function compileParameters(place: Place, document: OpenapiDocument): Parameter[] {
  const all = document.items(place, 'parameters').map((one) => compileParameter(one, document));
  if (all.some((one, i) => all.slice(0, i).some((other) => isSame(one, other)))) {
    throw mistake(place, 'parameters', 'the same one stands there twice');
  }
  return all.filter(({ home, name }) => home !== 'header' || !NO_PARAMETERS.has(name));
}

function isSame(one: Parameter, other: Parameter): boolean {
  return one.home === other.home && one.name === other.name;
}

function checkNames(place: Place, parameters: readonly Parameter[], names: readonly string[]): void {
  const inPath = parameters.filter(({ home }) => home === 'path').map(({ name }) => name);
  const missing = names.find((name) => !inPath.includes(name)) ?? inPath.find((name) => !names.includes(name));
  if (missing !== undefined) throw mistake(place, 'parameters', `"${missing}" is in the path or here, and not in both`);
}

/** What is wrong with the parameters, for the log; `null` when nothing is. */
export function parameterProblem(
  x: Exchange,
  { parameters, queryNames }: Operation,
  inPath: ReadonlyMap<string, string>,
): string | null {
  const { query, headers } = x.outgoing!;
  const inQuery = queryValues(query);
  if (inQuery === null) return 'the query is malformed';
  const isDescribed = queryNames === null || [...inQuery.keys()].every((name) => queryNames.has(name));
  if (!isDescribed) return 'the query has a parameter that is not described';
  const cookies = parameters.some(({ home }) => home === 'cookie') ? cookieValues(headers.all('cookie')) : NOTHING;
  const valuesOf: Readonly<Record<ParameterHome, (name: string) => readonly string[] | null>> = {
    path: (name) => pathValues(inPath, name),
    query: (name) => inQuery.get(name) ?? [],
    header: (name) => headers.all(name),
    cookie: (name) => cookies.get(name) ?? [],
  };
  for (const { home, name, problem } of parameters) {
    const values = valuesOf[home](name);
    const found = values === null ? 'is malformed' : problem(values);
    if (found !== null) return `the parameter "${name}" (${home}) ${found}`;
  }
  return null;
}

const NOTHING: Values = new Map();

function pathValues(inPath: ReadonlyMap<string, string>, name: string): string[] | null {
  const value = percentDecoded(inPath.get(name) ?? '');
  return value === null ? null : [value];
}
