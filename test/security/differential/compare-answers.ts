import assert from 'node:assert/strict';
import { type Field, readResponses, statusOf, valuesOf } from '../../support/strict-reader.ts';
import type { Conversation } from './gateway.ts';
import type { AnswerReading } from './reference.ts';

/** Written anew for each client. */
const OURS = /^(connection|content-length|transfer-encoding|x-ostiary-.*)$/;
const HOP =
  /^(connection|keep-alive|te|trailer|upgrade|http2-settings|proxy-auth(?:enticate|entication-info|orization)|proxy-connection|transfer-encoding|sec-websocket-accept)$/;
const CLAIMED = /^(x-ostiary-.*|clear-site-data)$/;

/**
 * Whatever was accepted of an upstream is what `node:http` reads, and what the client got; what is cut off for one is
 * whole for nobody.
 * @returns whether there was something to compare: an answer that was accepted and went out whole
 */
export function compareAnswer(method: string, talk: Conversation, reading: AnswerReading | null): boolean {
  const [x] = talk.accepted;
  assert.ok(x, 'the request was refused');
  const { whole, rest } = readResponses(talk.answers, [method]);
  const [got] = whole;
  if (x.refusal !== null) {
    assert.ok(got !== undefined && rest === '', `half a refusal: ${JSON.stringify(talk.answers)}`);
    return false;
  }
  if (got === undefined) return false;
  assert.equal(rest, '', 'more than one answer');
  assert.notEqual(got.framing, 'close', 'an end that cannot be told from a cut');
  assert.ok(reading, `accepted, and not by node:http: ${JSON.stringify(talk.answers)}`);
  assert.ok(reading.whole, `cut off for node:http, and whole for the client: ${JSON.stringify(talk.answers)}`);
  assert.equal(statusOf(got), reading.status);
  assert.equal(got.body, reading.body);
  assert.deepEqual(sorted(kept(got.fields, reading)), sorted(passed(reading)));
  compareLength(valuesOf(got, 'content-length'), got.framing === 'none', reading);
  return true;
}

/** A date is added where the upstream gave none. */
function kept(fields: readonly Field[], reading: AnswerReading): Field[] {
  const isDated = reading.fields.some(([name]) => name === 'date');
  return fields.filter(([name]) => !OURS.test(name) && (name !== 'date' || isDated));
}

/** What a strict reading leaves of the fields of an upstream, worked out apart from the code that is tested. */
function passed({ fields }: AnswerReading): Field[] {
  const nominated = fields
    .filter(([name]) => name === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((one) => one.trim());
  return fields.filter(
    ([name]) =>
      name !== 'content-length' && !HOP.test(name) && !CLAIMED.test(name) && !nominated.includes(name.toLowerCase()),
  );
}

/** RFC 9110 8.6: an answer without its body may state the length that the body would have, and no other. */
function compareLength(stated: readonly string[], isBare: boolean, { fields }: AnswerReading): void {
  if (!isBare || stated.length === 0) return;
  const said = fields.filter(([name]) => name === 'content-length').map(([, value]) => Number(value));
  assert.deepEqual(stated.map(Number), said.length === 0 ? [0] : said);
}

function sorted(fields: readonly Field[]): string[] {
  return fields.map(([name, value]) => `${name}: ${value.replace(/^[ \t]+|[ \t]+$/g, '')}`).sort();
}
