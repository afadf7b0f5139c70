import { AppError } from '../../base/errors.ts';
import { mistake, type OpenapiDocument, type Place } from './document.ts';
import { compileOperation, compileParameters, type Operation, type OperationOptions } from './operation.ts';
import { type Route, Router } from './router.ts';
import { compileTemplate, type Template } from './template.ts';

/** By method, in upper case. */
export type Operations = ReadonlyMap<string, Operation>;

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

/** Everything that a document describes. @param prefix of all its paths @throws AppError `invalid` */
export function compileRoutes(
  document: OpenapiDocument,
  prefix: string,
  options: OperationOptions,
  canonical: (path: string) => string | null,
): Router<Operations> {
  const paths = document.child(document.root, 'paths');
  if (paths === null) throw mistake(document.root, 'paths', 'is needed');
  const shapes = new Set<string>();
  const routes = document.children(paths).map(([path, place]): Route<Operations> => {
    const template = templateOf(`${prefix}${path}`, paths, path, canonical);
    if (shapes.has(template.shape)) throw mistake(paths, path, 'another path is the same but for names');
    shapes.add(template.shape);
    return { template, target: operationsOf(place, template, document, options) };
  });
  return new Router(routes);
}

function templateOf(text: string, paths: Place, path: string, canonical: (path: string) => string | null): Template {
  try {
    return compileTemplate(text, canonical);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw mistake(paths, path, thrown.message);
  }
}

function operationsOf(
  place: Place,
  { names }: Template,
  document: OpenapiDocument,
  options: OperationOptions,
): Operations {
  if (place.value.servers !== undefined) throw mistake(place, 'servers', 'is not supported here');
  const shared = compileParameters(place, document);
  return new Map(
    METHODS.flatMap((method) => {
      const operation = document.child(place, method);
      if (operation === null) return [];
      return [[method.toUpperCase(), compileOperation(operation, shared, names, document, options)] as const];
    }),
  );
}

/** The path that all servers of the document have; empty when it is the root. @throws AppError `invalid` */
export function prefixOfServers(document: OpenapiDocument): string {
  const paths = document.items(document.root, 'servers').map(({ value: { url } }) => pathOf(url));
  const [first = ''] = paths;
  if (paths.every((path) => path === first)) return first;
  throw new AppError('invalid', '#/servers: the paths of its servers differ: write basePath');
}

/** A URL of a server may be relative. */
function pathOf(url: unknown): string {
  if (typeof url !== 'string' || url.includes('{') || !URL.canParse(url, 'http://server/')) {
    throw new AppError('invalid', '#/servers: a URL is not plain: write basePath');
  }
  return withoutEnd(new URL(url, 'http://server/').pathname);
}

/** Paths of the document begin with the slash. */
export function withoutEnd(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Names in the query that carry a key, which no operation lists. */
export function keysInQuery(document: OpenapiDocument): string[] {
  const components = document.child(document.root, 'components');
  const schemes = components === null ? null : document.child(components, 'securitySchemes');
  return document
    .children(schemes)
    .map(([, { value }]) => value)
    .flatMap(({ type, in: home, name }) =>
      type === 'apiKey' && home === 'query' && typeof name === 'string' ? [name] : [],
    );
}
