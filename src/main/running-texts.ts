import { stringify } from 'yaml';
import type { AdminApi } from '../admin/api.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { ResourcesFrom } from '../cli/command.ts';
import type { ConfigText } from '../control/sources/files.ts';
import type { Kind, Resource } from '../model/index.ts';

/** Kinds that decisions are made of. The values of Secrets stay where they are. */
const KINDS: readonly Kind[] = [
  'ClusterConfig',
  'Namespace',
  'Group',
  'User',
  'Credential',
  'Policy',
  'IdentityProvider',
  'Service',
];

export interface RunningTexts {
  readonly texts: readonly ConfigText[];
  readonly domain: string;
}

/** What a running gateway serves, as a file could have it: for whoever decides by it without serving. */
export async function runningTexts(gateway: AdminApi): Promise<RunningTexts> {
  const [{ domain }, ...lists] = await Promise.all([gateway.status(), ...KINDS.map((kind) => gateway.list(kind))]);
  const resources = lists.flat().filter(({ metadata }) => metadata.isSystem !== true);
  return { texts: resources.map(asText), domain };
}

function asText(resource: Resource): ConfigText {
  return { file: `${resource.kind}/${resource.metadata.name} of the gateway`, text: stringify(resource) };
}

/**
 * A gateway has told its warnings itself, and lacks nothing that is kept from here; told is which bundles it may have
 * and this has not.
 */
export function toldOf(from: ResourcesFrom, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (from.kind === 'files') return diagnostics;
  return diagnostics.filter(({ severity, path }) => severity === 'error' || BUNDLE_FILE.test(path));
}

const BUNDLE_FILE = /^spec\.opa\.bundles\[\d+\]\.file$/;
