import { Type } from 'typebox';
import type { Diagnostic } from '../base/diagnostic.ts';
import { durationMs } from '../base/duration.ts';
import { AppError } from '../base/errors.ts';
import { readYaml } from '../dialects/yaml.ts';
import { Bool, Duration, OpenStatus, SimpleName, whole, words } from '../model/scalars.ts';
import { annotate, field, required, type Static, strict } from '../model/schema.ts';
import type { KeyPath, Source } from '../model/source.ts';
import { locateProblem, type Problem, problem } from '../model/validate/problem.ts';
import { validateAgainst } from '../model/validate/validate.ts';
import { SchemaCompiler } from '../plugins/json-schema/validator/compile.ts';
import type { ScriptSettings } from './version.ts';

export const MANIFEST = 'plugin.yaml';
export const API_VERSION = 'ostiary/v1';

const Version = Type.String({
  pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$',
  maxLength: 64,
  'x-expected': 'a version such as 1.0.0',
});
const FileName = Type.String({
  pattern: '^[A-Za-z0-9_-][A-Za-z0-9_.-]*\\.m?[jt]s$',
  maxLength: 128,
  'x-expected': 'the name of a module beside the manifest, such as plugin.ts',
});

const Limits = strict({
  run: field(Duration, 'How long a hook may compute without waiting; 100ms when left out, 1s at most.'),
  answer: field(Duration, 'How long it may take in all; 1s when left out, 30s at most.'),
  memory: field(whole(8, 1024), 'MiB of a thread; 64 when left out.'),
  threads: field(whole(1, 8), 'Threads in each process; 1 when left out.'),
});

export const Manifest = strict({
  name: required(SimpleName, 'What Services call it.'),
  version: required(Version, 'Which one it is, for people.'),
  apiVersion: required(annotate(words(API_VERSION), {}), 'What it is written against.'),
  description: field(Type.String({ maxLength: 500 }), 'What it is for.'),
  main: field(FileName, 'The module with the hooks; plugin.ts when left out.'),
  order: field(whole(0, 1000), 'Its place among the scripts of a list, which must not fall from one to the next.'),
  schema: field(OpenStatus, 'JSON schema of its configuration; without it, it takes none.'),
  body: field(words('none', 'text', 'json'), 'As what it sees the body of a request; none when left out.'),
  maxBodySize: field(whole(1, 1_048_576), 'Bytes of a body; 65536 when left out.'),
  network: field(Bool, 'It may open connections.'),
  showCredentialsOfClientsToThisScript: field(Bool, 'It sees headers that carry credentials.'),
  limits: field(Limits, 'What it may take.'),
});
type Manifest = Static<typeof Manifest>;

export interface ReadManifest {
  /** `null`: it has mistakes. */
  readonly settings: (ScriptSettings & { readonly main: string }) | null;
  /** Also of one that has mistakes, where it can be read. */
  readonly name: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** All mistakes of a manifest at once, each with its place. */
export function readManifest(text: string, file: string): ReadManifest {
  const { documents, syntaxErrors } = readYaml(text, file);
  const [document] = documents;
  if (document === undefined || syntaxErrors.length > 0) {
    const empty = { file, line: 1, column: 1, ...about(null), message: 'the manifest is empty' };
    return { settings: null, name: null, diagnostics: syntaxErrors.length > 0 ? syntaxErrors : [empty] };
  }
  const { value, source } = document;
  const name = nameIn(value);
  const found = validateAgainst(Manifest, value);
  const problems = found.length > 0 ? found : deeperProblems(value as Manifest);
  const diagnostics = [...document.diagnostics, ...problems.map((one) => located(one, source, name))];
  return { settings: diagnostics.length > 0 ? null : settingsOf(value as Manifest), name, diagnostics };
}

function about(name: string | null) {
  return { severity: 'error', path: '', suggestion: null, resource: name === null ? null : `script ${name}` } as const;
}

function located(found: Problem, source: Source, name: string | null): Diagnostic {
  return locateProblem(found, source, about(name).resource);
}

function nameIn(value: unknown): string | null {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : null;
  return typeof name === 'string' ? name : null;
}

/** Milliseconds. */
const LONGEST_RUN_MS = 1_000;
const LONGEST_ANSWER_MS = 30_000;

function deeperProblems(manifest: Manifest): Problem[] {
  const { run, answer } = timesOf(manifest);
  const tooLong = (key: string, most: number): Problem =>
    problem(['limits', key], `${key} is more than ${most / 1000}s, for which clients would wait`);
  return [
    ...(run > LONGEST_RUN_MS ? [tooLong('run', LONGEST_RUN_MS)] : []),
    ...(answer > LONGEST_ANSWER_MS ? [tooLong('answer', LONGEST_ANSWER_MS)] : []),
    ...(run < 1 || answer < 1 ? [problem(['limits'], 'no time at all is left')] : []),
    ...(manifest.schema === undefined ? [] : schemaProblems(manifest.schema, ['schema'])),
    ...(manifest.maxBodySize !== undefined && (manifest.body ?? 'none') === 'none'
      ? [problem(['maxBodySize'], 'it sees no body', { suggestion: 'set body: text or body: json' })]
      : []),
  ];
}

function schemaProblems(schema: Readonly<Record<string, unknown>>, path: KeyPath): Problem[] {
  try {
    new SchemaCompiler(schema).at('');
    return [];
  } catch (thrown) {
    if (thrown instanceof AppError) return [problem(path, thrown.message)];
    throw thrown;
  }
}

function timesOf({ limits = {} }: Manifest): { readonly run: number; readonly answer: number } {
  return { run: durationMs(limits.run ?? '100ms') ?? 0, answer: durationMs(limits.answer ?? '1s') ?? 0 };
}

function settingsOf(manifest: Manifest): ScriptSettings & { readonly main: string } {
  const { name, version, main = 'plugin.ts', order = null, schema = null, body = 'none', limits = {} } = manifest;
  const { run, answer } = timesOf(manifest);
  return {
    name,
    version,
    main,
    order,
    schema,
    body,
    maxBodySize: manifest.maxBodySize ?? 65_536,
    network: manifest.network ?? false,
    showsCredentials: manifest.showCredentialsOfClientsToThisScript ?? false,
    runMs: run,
    answerMs: answer,
    memoryMib: limits.memory ?? 64,
    threads: limits.threads ?? 1,
  };
}
