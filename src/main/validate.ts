import { createCelEngine } from '../../policies/cel/engine.ts';
import { systemClock } from '../base/clock.ts';
import { formatDiagnostic, hasErrors } from '../base/diagnostic.ts';
import { AppError } from '../base/errors.ts';
import type { Command } from '../cli/command.ts';
import { Compiler } from '../compile/compile.ts';
import { UpstreamRegistry } from '../compile/upstream-registry.ts';
import { assemble } from '../control/assemble.ts';
import { readTexts } from '../control/read.ts';
import { readConfigPath } from '../control/sources/files.ts';
import { canonicalPathOrNull } from '../downstream/canonical/index.ts';
import { jsonSchema } from '../model/index.ts';
import { ResolveTable } from '../upstream/resolve.ts';
import { createUpstream } from '../upstream/upstream.ts';

/** Everything that `serve` would find, without serving: reads, checks and compiles. */
export const validateCommand: Command = {
  name: 'validate',
  usage: 'PATH…',
  summary: 'Check resources: every mistake at once, with its place.',
  options: {},
  run: async ({ positionals, io }) => {
    if (positionals.length === 0) throw new AppError('usage', 'what should be checked? Give files or directories');
    const texts = (await Promise.all(positionals.map(readConfigPath))).flat();
    const compiler = offlineCompiler();
    const { diagnostics, owned, compiled } = assemble({
      compile: (input) => compiler.compile(input),
      files: readTexts(texts),
      stored: [],
      isSealed: () => false,
    });
    compiled.discard();
    for (const diagnostic of diagnostics) io.err(`${formatDiagnostic(diagnostic)}\n`);
    if (hasErrors(diagnostics)) return 1;
    io.out(`${texts.length} ${texts.length === 1 ? 'file' : 'files'}, ${owned.length} resources: no errors\n`);
    return 0;
  },
};

export const schemaCommand: Command = {
  name: 'schema',
  usage: '',
  summary: 'Print the JSON Schema of all resources, for editors.',
  options: {},
  run: async ({ io }) => {
    io.out(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
    return 0;
  },
};

/** Secrets are not opened and nothing is dialled: only whether it can be made is asked. */
function offlineCompiler(): Compiler {
  return new Compiler({
    domain: 'localhost',
    engine: createCelEngine(),
    secrets: { openSecret: () => null, version: () => 0 },
    canonicalPath: canonicalPathOrNull,
    upstreams: new UpstreamRegistry((spec: Parameters<typeof createUpstream>[0]) =>
      createUpstream(spec, { resolve: new ResolveTable(), clock: systemClock }),
    ),
  });
}
