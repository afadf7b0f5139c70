import type { Principal } from '../../../identity/principal.ts';
import { decide } from '../../../policies/decide.ts';
import type { Decision } from '../../../policies/decision.ts';
import { type Diagnostic, formatDiagnostic, hasErrors, sortDiagnostics } from '../../base/diagnostic.ts';
import type { CaseResult, TestReport } from '../../cli/policy-test/report.ts';
import type { CompiledSnapshot } from '../../gateway/snapshot.ts';
import type { Session, SourcedResource } from '../../model/index.ts';
import { explanationOf } from '../explain/explain.ts';
import { headOf } from '../offline/asked-request.ts';
import { principalOf } from '../offline/asker.ts';
import { decideKnown, type OfflineDecision } from '../offline/decisions.ts';
import { attachedNames, RuleCoverage } from './coverage.ts';
import { judge } from './judge.ts';
import { prepare, type ReadyCase, type TestRun } from './prepare.ts';
import type { TestQuestion } from './question.ts';

/** Tries every case by the gateway's own steps; none when there is a mistake anywhere. */
export async function runTests(run: TestRun): Promise<TestReport> {
  const ready = run.files.map((file) => prepare(run, file));
  const diagnostics = distinct(ready.flatMap((one) => one.diagnostics));
  const coverage = new RuleCoverage();
  const results: CaseResult[] = [];
  const tried = hasErrors(diagnostics) ? [] : ready.flatMap(({ cases }) => cases);
  for (const one of tried) results.push(await tryCase(one, coverage, run.explain));
  return { results, coverage: coverage.of(countedFor(run)), diagnostics };
}

/** Fixtures are there for the tests, so their rules need none. */
function countedFor({ resources: { resources }, files, onlyAttached }: TestRun): readonly SourcedResource[] {
  if (!onlyAttached) return resources;
  const fixtures = files.flatMap((file) => file.fixtures.resources);
  const names = attachedNames([...resources, ...fixtures]);
  return resources.filter(({ resource }) => resource.kind !== 'Policy' || names.has(resource.metadata.name));
}

/** Resources are read once and compiled with the fixtures of each file, so they are told of again and again. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return sortDiagnostics([...new Map(diagnostics.map((one) => [formatDiagnostic(one), one])).values()]);
}

async function tryCase(ready: ReadyCase, coverage: RuleCoverage, explain: boolean): Promise<CaseResult> {
  const { testCase, snapshot, question } = ready;
  const began = performance.now();
  const head = headOf(snapshot, question.request);
  const decided = await decideQuestion(snapshot, question, head);
  const shadow = shadowDecision(decided);
  coverage.add(decided.decision);
  coverage.add(shadow);
  coverage.addConfigRule(decided);
  const { document, name, at, expect } = testCase;
  const failures = judge(expect, { decided, shadow });
  return {
    place: document.source.locate(at),
    test: document.test.metadata.name,
    name,
    failures,
    milliseconds: performance.now() - began,
    explanation: explain && failures.length > 0 ? explanationOf(snapshot, question.request, head, decided) : null,
  };
}

/** Rules of policies that are rolled out as shadow can be tried before they bite. */
function shadowDecision({ service, principal, input }: OfflineDecision): Decision | null {
  if (service === null || input === null) return null;
  const list = service.authorizer.basis?.(principal, input.time).deciding?.shadow ?? null;
  return list === null ? null : decide(list, input);
}

async function decideQuestion(
  snapshot: CompiledSnapshot,
  { asker, request, country }: TestQuestion,
  head: ReturnType<typeof headOf>,
): Promise<OfflineDecision> {
  const principal = inCountry(principalOf(snapshot, asker, request.time), country);
  if ('kind' in head)
    return { service: null, principal, input: null, decision: null, config: null, split: null, refusal: head };
  return decideKnown(snapshot, { principal, head, body: request.body ?? null, time: request.time });
}

function inCountry(principal: Principal, country: string | null): Principal {
  if (principal.kind === 'anonymous' || country === null) return principal;
  return { ...principal, session: withCountry(principal.session, country) };
}

/** Where Octelium has what a geolocation database says of the sign-in. */
function withCountry(session: Session, code: string): Session {
  const { authentication } = session.status;
  const info = { ...authentication.info, geoip: { country: { code } } };
  return { ...session, status: { ...session.status, authentication: { ...authentication, info } } };
}
