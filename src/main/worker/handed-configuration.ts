import type { CompileInput, Handed } from '../../compile/compile.ts';
import type { Assembly } from '../../control/assemble.ts';
import { plainSource, type Resource } from '../../model/index.ts';
import type { ScriptSet } from '../../scripts/host.ts';
import type { HandedSecret } from '../../secrets/handed-secrets.ts';
import type { HandedConfiguration } from './api.ts';

/** What is sent to workers of a configuration that went live. */
export function handedConfiguration(
  { compiled, input }: Pick<Assembly, 'compiled' | 'input'>,
  secrets: readonly HandedSecret[],
  scripts: ScriptSet,
): HandedConfiguration {
  return {
    generation: compiled.snapshot.generation,
    resources: input.resources.map(({ resource, source }) => ({
      resource: withoutValue(resource),
      file: source.file,
    })),
    broken: input.broken.map(({ source, ...rest }) => ({ ...rest, file: source.file })),
    faults: input.faults,
    held: compiled.held(),
    secrets,
    // its mistakes were told already
    scripts: { ...scripts, diagnostics: [] },
  };
}

/** What a worker compiles. */
export function compileInputOf({ resources, broken, faults, held, generation }: HandedConfiguration): {
  readonly input: CompileInput;
  readonly handed: Handed;
} {
  return {
    input: {
      resources: resources.map(({ resource, file }) => ({ resource, source: plainSource(file) })),
      broken: broken.map(({ file, ...rest }) => ({ ...rest, source: plainSource(file) })),
      faults,
    },
    handed: { generation, held },
  };
}

/** Values travel apart, opened, under the names that the store and the files agree on. */
function withoutValue(resource: Resource): Resource {
  if (resource.kind !== 'Secret') return resource;
  const { data: _data, ...bare } = resource;
  return bare;
}
