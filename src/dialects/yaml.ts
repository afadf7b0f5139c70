import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Source } from '../model/index.ts';
import { pathText } from '../model/validate/problem.ts';
import { type YamlMistake, yamlMistake } from './yaml-mistakes.ts';
import { slipOf } from './yaml-slips.ts';
import { repeatedKeys, sourceOf } from './yaml-source.ts';

/** 4 MiB: far above any configuration, far below what would hurt. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
const MOST_ALIASES = 200;
const MOST_DOCUMENTS = 10_000;
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
  if (parsed.length > MOST_DOCUMENTS) return notYaml(context, 0, `it has more than ${MOST_DOCUMENTS} documents`);
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
    const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: false });
    return Array.isArray(parsed) ? parsed : [];
  } catch (thrown) {
    if (thrown instanceof RangeError) return null; // the parser is recursive
    throw thrown;
  }
}

function syntaxErrorsOf(document: Document.Parsed, context: Context): Diagnostic[] {
  const slip = slipOf({ document, text: context.text });
  if (slip !== null) return [{ ...diagnostic(slip, context), ...excerptAt(slip.offset, context) }];
  const mistakes = [...document.errors, ...document.warnings].map(yamlMistake);
  // What follows a mistake in a document mostly follows from it.
  return mistakes.slice(0, 1).map((mistake) => diagnostic(mistake, context));
}

/** Keys of expressions: they hold no secrets, so that their line may be shown. */
const EXPRESSION = /^\s*(?:- +)*(?:match|not|eval): /;

function excerptAt(offset: number, { text, lines }: Context): Pick<Diagnostic, 'excerpt'> {
  const { line, col } = lines.linePos(offset);
  const shown = text.split('\n')[line - 1] ?? '';
  if (!EXPRESSION.test(shown)) return {};
  return { excerpt: { text: shown.trim(), column: [...shown.slice(0, col - 1).trimStart()].length + 1 } };
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
  return repeatedKeys(document).map(({ path, offset, firstOffset }) => {
    const suggestion = `the other is in line ${context.lines.linePos(firstOffset).line}`;
    return { ...diagnostic({ offset, message: 'the key is given twice', suggestion }, context), path: pathText(path) };
  });
}

function diagnostic({ offset, message, suggestion }: YamlMistake, context: Context): Diagnostic {
  const { line, col } = context.lines.linePos(offset);
  return { file: context.file, line, column: col, severity: 'error', path: '', message, suggestion, resource: null };
}

function notYaml(context: Context, offset: number, message: string): YamlText {
  return { documents: [], syntaxErrors: [diagnostic({ offset, message, suggestion: null }, context)] };
}
