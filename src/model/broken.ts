import type { TSchema } from 'typebox';
import type { Diagnostic } from '../base/diagnostic.ts';
import { nearest } from '../base/suggest.ts';
import type { Kind, Resource } from './kinds.ts';
import type { ServiceConfig } from './service/config.ts';
import { PathMatch, RouteMatch } from './service/match.ts';
import { type Service, ServiceSpec } from './service/service.ts';
import type { BrokenResource, SourcedResource } from './source.ts';
import { identityHeaderFormat } from './validate/formats/headers.ts';
import { hostFormat } from './validate/formats/host.ts';
import { asNode, isMapping } from './validate/schema-node.ts';
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
  const spec = isMapping(value) && isMapping(value.spec) ? value.spec : null;
  return claim(name, spec);
}

/**
 * What a broken Service still answers: everything that it plausibly meant to. Claiming too little would let a
 * broader Service answer in its place, which may be open to more people.
 */
function claim(name: string, spec: Record<string, unknown> | null): Service {
  const match = claimedMatch(meant(spec ?? {}, 'match'));
  const hosts = claimedHosts(meant(spec ?? {}, 'hosts'));
  const isPublic = spec === null ? true : claimedPublic(spec);
  return {
    kind: 'Service',
    metadata: { name },
    spec: {
      mode: 'HTTP',
      ...(isPublic !== undefined && { isPublic }),
      ...(hosts.length > 0 && { hosts }),
      ...(match !== null && { match }),
      config: claimedHeaders(spec),
    },
  };
}

const KNOWN_KEYS = Object.keys(asNode(ServiceSpec).properties ?? {});

/** The value of a key, or of an unknown key that was meant to be it. */
function meant(spec: Record<string, unknown>, key: string): unknown {
  if (spec[key] !== undefined) return spec[key];
  const unknown = Object.keys(spec).filter((one) => !KNOWN_KEYS.includes(one));
  const misspelt = unknown.find((one) => nearest(one, KNOWN_KEYS) === key);
  return misspelt === undefined ? undefined : spec[misspelt];
}

/** `undefined` when nothing is said of it. Only a sound `false` closes it. */
function claimedPublic(spec: Record<string, unknown>): boolean | undefined {
  if (spec.isPublic !== undefined) return spec.isPublic !== false;
  return meant(spec, 'isPublic') === undefined ? undefined : true;
}

function claimedHosts(hosts: unknown): string[] {
  const found = (Array.isArray(hosts) ? hosts : [hosts]).filter((host) => typeof host === 'string');
  return found.map(bareHost).filter((host) => hostFormat(host) === null);
}

/** Without what people copy along: the scheme, the port, a path, capitals. */
function bareHost(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[:/].*$/, '');
}

/** `null`: everything, which is also what it is when the paths cannot be guessed. */
function claimedMatch(match: unknown): RouteMatch | null {
  if (isSound<RouteMatch>(RouteMatch, match)) return match;
  if (!isMapping(match)) return null;
  const { paths, priority } = match;
  const claimed = paths === undefined ? [] : (Array.isArray(paths) ? paths : [paths]).flatMap(claimedPath);
  const guessed: RouteMatch = {
    ...(claimed.length > 0 && { paths: claimed }),
    ...(typeof priority === 'number' && Number.isInteger(priority) && { priority }),
  };
  return Object.keys(guessed).length === 0 ? null : guessed;
}

/** Every text in an unsound path entry, whatever its key, as the prefix before its first place or expression. */
function claimedPath(entry: unknown): PathMatch[] {
  if (isSound<PathMatch>(PathMatch, entry)) return [entry];
  const values = isMapping(entry) ? Object.values(entry) : [entry];
  const texts = values.filter((text) => typeof text === 'string' && text !== '');
  return texts.length === 0 ? [{ prefix: '/' }] : texts.map((text) => ({ prefix: literalStart(String(text)) }));
}

function isSound<T>(schema: TSchema, value: unknown): value is T {
  return validateAgainst(schema, value).every((found) => found.severity === 'warning');
}

function literalStart(text: string): string {
  const path = text.startsWith('/') ? text : `/${text}`;
  const end = path.search(/[^A-Za-z0-9_~/-]/);
  return end < 0 ? path : path.slice(0, path.lastIndexOf('/', end) + 1);
}

/** The headers that its upstreams believe stay what no client may send: another Service may lead to them. */
function claimedHeaders(spec: unknown): ServiceConfig {
  const names = identityHeaders(spec).filter((name) => identityHeaderFormat(name) === null);
  if (names.length === 0) return {};
  return { http: { identityAssertion: { headers: Object.fromEntries(names.map((name) => [name, name])) } } };
}

/** Every text below a key `identityAssertion`, wherever that stands. */
function identityHeaders(value: unknown, isInside = false): string[] {
  if (typeof value === 'string') return isInside ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    identityHeaders(inner, isInside || key === 'identityAssertion'),
  );
}
