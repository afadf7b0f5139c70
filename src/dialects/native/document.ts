import { type Diagnostic, hasErrors, sortDiagnostics } from '../../base/diagnostic.ts';
import { didYouMean } from '../../base/suggest.ts';
import { brokenForm, reasonText } from '../../model/broken.ts';
import {
  type BrokenResource,
  canonicalName,
  isKind,
  KIND_NAMES,
  KINDS,
  type Kind,
  type SourcedResource,
  standInName,
} from '../../model/index.ts';
import { quote } from '../../model/validate/describe.ts';
import { nameProblems } from '../../model/validate/name.ts';
import { locateProblem, type Problem, problem } from '../../model/validate/problem.ts';
import { isMapping } from '../../model/validate/schema-node.ts';
import { validate } from '../../model/validate/validate.ts';
import type { YamlDocument } from '../yaml.ts';
import { finish } from './finish.ts';
import { withoutServerOwned } from './server-owned.ts';

export type ReadDocument = { readonly diagnostics: readonly Diagnostic[] } & (
  | { readonly kind: 'sound'; readonly resource: SourcedResource }
  | { readonly kind: 'broken'; readonly broken: BrokenResource }
  /** Nothing can be said of what it is about, so nobody can say what would be open without it. */
  | { readonly kind: 'unreadable' }
);

export function readDocument(document: YamlDocument): ReadDocument {
  const { value, source } = document;
  const kind = isMapping(value) ? value.kind : undefined;
  const refusal = kindProblem(value, kind);
  const isAmbiguous = document.diagnostics.some(({ path }) => path === 'kind');
  if (isAmbiguous || refusal !== null || !isMapping(value)) {
    const found = refusal === null ? [] : [locateProblem(refusal, source, null)];
    return { kind: 'unreadable', diagnostics: [...document.diagnostics, ...found] };
  }
  return readResource(document, kind as Kind, withoutServerOwned(kind as Kind, value));
}

function readResource(document: YamlDocument, kind: Kind, value: Record<string, unknown>): ReadDocument {
  const { source } = document;
  const named = nameOf(kind, value);
  const title = `${kind}/${named ?? '?'}`;
  const found = validate(kind, value).map((one) => locateProblem(one, source, title));
  const own = document.diagnostics.map((one) => ({ ...one, resource: title }));
  const diagnostics = sortDiagnostics([...own, ...found]);
  if (!hasErrors(diagnostics))
    return { kind: 'sound', resource: { resource: finish(kind, value), source }, diagnostics };
  const name = named ?? standInName(source.locate([]).line);
  const because = diagnostics.find((one) => one.severity === 'error')!;
  const broken = { kind, name, resource: brokenForm(kind, name, value), because: reasonText(because), source };
  return { kind: 'broken', broken, diagnostics };
}

/** The name, when it follows the rule. */
function nameOf(kind: Kind, value: Record<string, unknown>): string | null {
  const name = isMapping(value.metadata) ? value.metadata.name : undefined;
  return typeof name === 'string' && nameProblems(kind, name).length === 0 ? canonicalName(kind, name) : null;
}

const APPLIED = KIND_NAMES.filter((kind) => KINDS[kind].origin === 'applied' && KINDS[kind].planned === null);

function kindProblem(value: unknown, kind: unknown): Problem | null {
  if (!isMapping(value)) {
    const suggestion = Array.isArray(value) ? 'write one document for each, with --- between them' : null;
    return problem([], 'a resource is a mapping with kind, metadata and spec', { suggestion });
  }
  if (kind === undefined) return problem([], '"kind" is missing', { suggestion: `one of ${APPLIED.join(', ')}` });
  if (typeof kind !== 'string') return problem(['kind'], 'the kind is text, such as Service');
  if (kind === 'PolicyTest')
    return problem(['kind'], 'a PolicyTest is no resource', { suggestion: 'put it in a file named *.test.yaml' });
  if (!isKind(kind))
    return problem(['kind'], `unknown kind ${quote(kind)}`, { suggestion: didYouMean(kind, KIND_NAMES) });
  const { planned, origin } = KINDS[kind];
  if (planned !== null) return problem(['kind'], `${kind} is known but not implemented yet`);
  if (origin === 'made') return problem(['kind'], `${kind} is made by the system and cannot be applied`);
  return null;
}
