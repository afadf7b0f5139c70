import assert from 'node:assert/strict';
import type { RawUpstream, Seen } from '../../support/raw-upstream.ts';
import { type Message, readResponses, statusOf, valuesOf } from '../../support/strict-reader.ts';
import type { Case, View } from './case.ts';
import { protectedReading } from './readings.ts';

const NEVER_FORWARDED =
  /_|^(?:keep-alive|te|trailer|http2-settings|proxy-.*|expect|x-ostiary-.*|x-octelium-.*|x-http-method.*|x-method-override)$/;

/** @param answers everything that the client got */
export function judge(one: Case, answers: string, { seen, foul }: RawUpstream): void {
  assert.deepEqual(foul, [], 'no strict reader understands what the upstream was sent');
  if (one.switches === true) assert.match(answers, /^HTTP\/1\.1 101 /);
  else judgeAnswers(one, answers);
  for (const request of seen) judgeRequest(request);
  if (one.seen === 'unprotected') judgeReadings(seen);
  else judgeViews(one.seen, seen);
}

/** The method of a request that was refused may be HEAD, whose refusal has no body. */
function judgeAnswers({ bytes, statuses }: Case, answers: string): void {
  const methods = statuses.map((_, i) => (i === 0 && bytes.startsWith('HEAD ') ? 'HEAD' : 'GET'));
  const { whole, rest } = readResponses(answers, methods);
  assert.equal(rest, '', 'something behind the last answer');
  const got = whole.map(statusOf);
  assert.equal(got.length, statuses.length, `answers: ${got.join()} in ${JSON.stringify(answers.slice(0, 2000))}`);
  for (const [i, status] of got.entries()) assert.ok(statuses[i]!.includes(status), `answer ${i} is ${status}`);
  for (const answer of whole) judgeRefusal(answer);
}

/** R51: what we say ourselves is kept by nobody, and gives nothing back that the client said. */
function judgeRefusal(answer: Message): void {
  if (statusOf(answer) === 200) return;
  assert.match(valuesOf(answer, 'cache-control').join(), /no-store/);
  assert.equal(valuesOf(answer, 'x-ostiary-reason').length, 1);
  assert.doesNotMatch(answer.body, /evil|spoofed|<script/);
}

/** What holds for every request, whatever the client said. */
export function judgeRequest(request: Seen): void {
  assert.equal(valuesOf(request, 'host').length, 1, 'hosts');
  assert.match(valuesOf(request, 'host').join(), /^127\.0\.0\.1:\d+$/);
  assert.equal(valuesOf(request, 'x-request-id').length, 1, 'request ids');
  const names = request.fields.map(([name]) => name).filter((name) => NEVER_FORWARDED.test(name));
  assert.deepEqual(names, [], 'fields that are never forwarded');
  const hasHandshake = valuesOf(request, 'sec-websocket-key').length === 1;
  assert.ok(hasHandshake || valuesOf(request, 'upgrade').length === 0, 'an upgrade');
}

export function judgeReadings(seen: readonly Seen[]): void {
  assert.ok(seen.length <= 1, 'one request became several');
  for (const { startLine } of seen) {
    const reading = protectedReading(startLine.split(' ')[1]!);
    assert.equal(reading, null, `${startLine} may be read as what is protected`);
  }
}

export function judgeViews(views: readonly View[], seen: readonly Seen[]): void {
  assert.deepEqual(
    seen.map(({ startLine }) => startLine),
    views.map(({ line }) => `${line} HTTP/1.1`),
  );
  for (const [i, view] of views.entries()) judgeView(view, seen[i]!);
}

function judgeView({ body = '', has = {}, lacks = [], without }: View, seen: Seen): void {
  assert.equal(seen.body, body);
  for (const [name, values] of Object.entries(has)) assert.deepEqual(valuesOf(seen, name), values, name);
  for (const name of lacks) assert.deepEqual(valuesOf(seen, name), [], name);
  if (without === undefined) return;
  const saying = seen.fields.filter(([name, value]) => `${name}: ${value}`.includes(without));
  assert.deepEqual(saying, [], `fields that say ${without}`);
}
