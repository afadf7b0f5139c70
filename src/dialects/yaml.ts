import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Source } from '../model/index.ts';
import { pathText } from '../model/validate/problem.ts';
import { type YamlMistake, yamlMistake } from './yaml-mistakes.ts';
import { keyAt, sourceOf } from './yaml-source.ts';

/** 4 MiB: far above any configuration, far below what would hurt. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
const MOST_ALIASES = 200;
const NESTED = 'it is nested too deep';

/** One document of a YAML text as plain data, with the places that its parts stand at. */
export interface YamlDocument {
  readonly value: unknown;
  readonly source: Source;
  /** Mistakes that leave the document readable, such as a key that is given twice. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface YamlText {
  /** Without the empty ones; none at all when the text is not YAML. */
  readonly documents: readonly YamlDocument[];
  /** Why the text is not YAML. */
  readonly syntaxErrors: readonly Diagnostic[];
}

export function readYaml(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const context: Context = { text, file, lines };
  if (text.length > MOST_CHARACTERS) return notYaml(context, 0, `it is longer than ${MOST_CHARACTERS} characters`);
  const parsed = parse(text, lines);
  if (parsed === null) return notYaml(context, 0, NESTED);
  const syntaxErrors = parsed.flatMap((document) => syntaxErrorsOf(document, context));
  if (syntaxErrors.length > 0) return { documents: [], syntaxErrors };
  return readDocuments(parsed, context);
}

interface Context {
  readonly text: string;
  readonly file: string;
  readonly lines: LineCounter;
}

function parse(text: string, lines: LineCounter): Document.Parsed[] | null {
  try {
    const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
    return Array.isArray(parsed) ? parsed : [];
  } catch (thrown) {
    if (thrown instanceof RangeError) return null; // the parser is recursive
    throw thrown;
  }
}

function syntaxErrorsOf(document: Document.Parsed, context: Context): Diagnostic[] {
  const mistakes = [...document.errors, ...document.warnings].map(yamlMistake);
  return mistakes.filter((mistake) => mistake.fatal).map((mistake) => diagnostic(mistake, context));
}

function readDocuments(parsed: readonly Document.Parsed[], context: Context): YamlText {
  const documents: YamlDocument[] = [];
  for (const document of parsed) {
    const plain = plainValue(document);
    if ('refused' in plain) return notYaml(context, document.range[0], plain.refused);
    const { value } = plain;
    if (value === null || value === undefined) continue;
    documents.push({ value, source: sourceOf({ document, ...context }), diagnostics: mistakesIn(document, context) });
  }
  return { documents, syntaxErrors: [] };
}

function plainValue(document: Document.Parsed): { readonly value: unknown } | { readonly refused: string } {
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }) };
  } catch (thrown) {
    if (thrown instanceof ReferenceError) return { refused: `aliases stand for more than ${MOST_ALIASES} values` };
    if (thrown instanceof RangeError) return { refused: NESTED };
    throw thrown;
  }
}

function mistakesIn(document: Document.Parsed, context: Context): Diagnostic[] {
  return document.errors.map((error) => {
    const found = diagnostic(yamlMistake(error), context);
    return aboutKey(document, found, error.pos[0], context.lines);
  });
}

/** A mistake about a key names it, and says where the other one is. */
function aboutKey(document: Document.Parsed, found: Diagnostic, offset: number, lines: LineCounter): Diagnostic {
  const key = keyAt(document, offset);
  if (key === null) return found;
  const suggestion =
    key.firstOffset === offset ? found.suggestion : `the other is in line ${lines.linePos(key.firstOffset).line}`;
  return { ...found, path: pathText(key.path), suggestion };
}

function diagnostic({ offset, message, suggestion }: Omit<YamlMistake, 'fatal'>, context: Context): Diagnostic {
  const { line, col } = context.lines.linePos(offset);
  return { file: context.file, line, column: col, severity: 'error', path: '', message, suggestion, resource: null };
}

function notYaml(context: Context, offset: number, message: string): YamlText {
  return { documents: [], syntaxErrors: [diagnostic({ offset, message, suggestion: null }, context)] };
}
