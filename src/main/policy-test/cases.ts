import type { KeyPath } from '../../model/index.ts';
import type { TestDocument } from './read.ts';
import type { Expect, Given, TestRequest } from './schema.ts';

/** One case with the defaults of its document, ready to be tried. */
export interface TestCase {
  readonly document: TestDocument;
  readonly name: string;
  /** Where it stands in the document, and where what is given and expected does. */
  readonly at: KeyPath;
  readonly givenAt: KeyPath;
  readonly expectAt: KeyPath;
  readonly given: Given;
  readonly expect: Expect;
}

export function casesOf(document: TestDocument): TestCase[] {
  const { spec } = document.test;
  const cases = (spec.cases ?? []).map((one, i) => {
    const at = ['spec', 'cases', i];
    return testCase(document, one, one.given ?? {}, { at, givenAt: [...at, 'given'], expectAt: [...at, 'expect'] });
  });
  const rows = (spec.table ?? []).map((row, i) => {
    const { name: _, expect: __, ...given } = row;
    const at = ['spec', 'table', i];
    return testCase(document, row, given, { at, givenAt: at, expectAt: [...at, 'expect'] });
  });
  return [...cases, ...rows];
}

function testCase(
  document: TestDocument,
  { name, expect }: { readonly name?: string; readonly expect: Expect },
  own: Given,
  places: Pick<TestCase, 'at' | 'givenAt' | 'expectAt'>,
): TestCase {
  const given = withDefaults(document.test.spec.defaults ?? {}, own);
  return { document, name: name ?? nameOf(given, expect), given, expect, ...places };
}

/** Another user leaves the groups and the session of the default one behind. */
function withDefaults(defaults: Given, own: Given): Given {
  const { user, groups, session, ...rest } = defaults;
  const isAnother = own.anonymous === true || own.user !== undefined;
  const who = isAnother ? {} : withoutAbsent({ user, groups, session });
  const request = { ...defaults.request, ...own.request, ...headersOf(defaults.request, own.request) };
  return { ...rest, ...who, ...own, request };
}

function withoutAbsent(given: { [K in keyof Given]: Given[K] | undefined }): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function headersOf(defaults: TestRequest | undefined, own: TestRequest | undefined) {
  if (defaults?.headers === undefined) return {};
  return { headers: { ...defaults.headers, ...own?.headers } };
}

function nameOf({ user, groups, service, request }: Given, expect: Expect): string {
  const who = user ?? 'nobody';
  const member = groups === undefined ? '' : ` (${groups.join(', ') || 'no groups'})`;
  const where = service === undefined ? '' : `${service} `;
  return `${who}${member}: ${where}${requestText(request)} -> ${expectedText(expect)}`;
}

function requestText({ method, url, grpc }: TestRequest = {}): string {
  return grpc ?? `${method ?? 'GET'} ${url ?? '/'}`;
}

function expectedText({ decision, reason, config }: Expect): string {
  return decision ?? reason ?? (config === undefined ? 'as expected' : `config ${config}`);
}
