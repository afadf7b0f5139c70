import { stringify } from 'yaml';

type Fields = Readonly<Record<string, unknown>>;

export interface Document {
  readonly kind: string;
  readonly metadata: Fields & { readonly name: string };
  readonly spec: Fields;
  readonly data?: Fields;
}

/** A configuration file with these resources. */
export function yaml(...documents: readonly Document[]): string {
  return documents.map((document) => stringify(document)).join('---\n');
}

/** A public Service of mode HTTP. */
export function service(name: string, spec: Fields): Document {
  return { kind: 'Service', metadata: { name }, spec: { mode: 'HTTP', isPublic: true, ...spec } };
}

/** One that needs no identity and has one upstream; `http` is what is done to its requests. */
export function open(name: string, url: string, spec: Fields = {}, http?: Fields): Document {
  const config = { upstream: { url }, ...(http === undefined ? {} : { http }) };
  return service(name, { isAnonymous: true, config, ...spec });
}

export function workload(name: string, spec: Fields = {}): Document {
  return { kind: 'User', metadata: { name }, spec: { type: 'WORKLOAD', ...spec } };
}

export function group(name: string): Document {
  return { kind: 'Group', metadata: { name }, spec: {} };
}

export function policy(name: string, ...rules: readonly Fields[]): Document {
  return { kind: 'Policy', metadata: { name }, spec: { rules } };
}

/** Lets every identified request through. */
export const ALLOW_ALL: Document = {
  kind: 'ClusterConfig',
  metadata: { name: 'default' },
  spec: { authorization: { policies: ['allow-all'] } },
};

export function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}
