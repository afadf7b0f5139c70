import { SecretValue } from '../../base/secret-value.ts';
import { canonicalName, type Kind, type Resource } from '../../model/index.ts';

/** A value that follows its schema becomes a resource: one spelling of its name, confidential values closed. */
export function finish(kind: Kind, value: Record<string, unknown>): Resource {
  const resource = structuredClone(value) as unknown as Resource;
  resource.metadata.name = canonicalName(kind, resource.metadata.name);
  return resource.kind === 'Secret' && resource.data !== undefined ? closed(resource, value) : resource;
}

function closed(resource: Extract<Resource, { kind: 'Secret' }>, value: Record<string, unknown>): Resource {
  const { value: text, valueBytes } = value.data as { value?: string; valueBytes?: string };
  const data =
    text === undefined
      ? { valueBytes: new SecretValue(Buffer.from(valueBytes ?? '', 'base64')) }
      : { value: new SecretValue(text) };
  return { ...resource, data };
}
