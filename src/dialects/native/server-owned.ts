import { KINDS, type Kind } from '../../model/index.ts';
import { SERVER_OWNED_METADATA } from '../../model/metadata.ts';
import { asNode, isMapping, specMayBeLeftOut } from '../../model/validate/schema-node.ts';

/**
 * A copy without what the server owns. It is accepted and ignored, whatever it is, so that the output of
 * `get -o yaml` can be applied again. A spec that nobody needs to write may be left out.
 */
export function withoutServerOwned(kind: Kind, value: Record<string, unknown>): Record<string, unknown> {
  const { status: _, ...rest } = value;
  const metadata = isMapping(value.metadata) ? writableOnly(value.metadata) : value.metadata;
  return {
    ...rest,
    ...(metadata !== undefined && { metadata }),
    ...(isEmpty(value.spec) && specMayBeLeftOut(asNode(KINDS[kind].schema)) && { spec: {} }),
  };
}

function writableOnly(metadata: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !SERVER_OWNED_METADATA.includes(key)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null;
}
