import type { TSchema } from 'typebox';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Kind, Resource } from './kinds.ts';
import { PathMatch, RouteMatch } from './service/match.ts';
import type { Service } from './service/service.ts';
import type { BrokenResource, SourcedResource } from './source.ts';
import { hostFormat } from './validate/formats/host.ts';
import { isMapping } from './validate/schema-node.ts';
import { validateAgainst } from './validate/validate.ts';

/** An error as a reason: where in the resource, and what. */
export function reasonText({ path, message }: Diagnostic): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** A resource that is sound by itself, but was refused because of what is around it. */
export function asBroken({ resource, source }: SourcedResource, because: string): BrokenResource {
  const { kind, metadata } = resource;
  return { kind, name: metadata.name, resource: brokenForm(kind, metadata.name, resource), because, source };
}

/** What is kept of a broken resource; only a Service has something to keep. */
export function brokenForm(kind: Kind, name: string, value: unknown): Resource | null {
  if (kind !== 'Service') return null;
  const spec = isMapping(value) && isMapping(value.spec) ? value.spec : {};
  return claim(name, spec);
}

/**
 * What a broken Service still answers: everything that it plausibly meant to. Claiming too little would let a
 * broader Service answer in its place, which may be open to more people.
 */
function claim(name: string, spec: Record<string, unknown>): Service {
  const match = claimedMatch(spec.match);
  const hosts = match === 'unknown' ? [] : claimedHosts(spec.hosts);
  return {
    kind: 'Service',
    metadata: { name },
    spec: {
      mode: 'HTTP',
      isPublic: spec.isPublic !== undefined && spec.isPublic !== false,
      ...(hosts.length > 0 && { hosts }),
      ...(match !== 'unknown' && match !== null && { match }),
      config: {},
    },
  };
}

function claimedHosts(hosts: unknown): string[] {
  const found = Array.isArray(hosts) ? hosts : [hosts];
  return found.filter((host): host is string => typeof host === 'string' && hostFormat(host) === null);
}

/** `unknown` when the paths cannot be guessed: then it claims no host that others may share. */
function claimedMatch(match: unknown): RouteMatch | null | 'unknown' {
  if (match === undefined) return null;
  if (isSound<RouteMatch>(RouteMatch, match)) return match;
  if (!isMapping(match)) return 'unknown';
  if (match.paths === undefined) return null;
  const paths = (Array.isArray(match.paths) ? match.paths : [match.paths]).flatMap(claimedPath);
  return paths.length === 0 ? 'unknown' : { paths };
}

/** Every text in an unsound path entry, whatever its key, as the prefix before its first place or expression. */
function claimedPath(entry: unknown): PathMatch[] {
  if (isSound<PathMatch>(PathMatch, entry)) return [entry];
  const texts = isMapping(entry) ? Object.values(entry) : [entry];
  return texts.flatMap((text) => (typeof text === 'string' && text !== '' ? [{ prefix: literalStart(text) }] : []));
}

function isSound<T>(schema: TSchema, value: unknown): value is T {
  return validateAgainst(schema, value).every((found) => found.severity === 'warning');
}

function literalStart(text: string): string {
  const path = text.startsWith('/') ? text : `/${text}`;
  const end = path.search(/[^A-Za-z0-9._~/-]/);
  return end < 0 ? path : path.slice(0, path.lastIndexOf('/', end) + 1);
}
