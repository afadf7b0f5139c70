import { didYouMean } from '../../base/suggest.ts';
import type { CompiledSnapshot } from '../../gateway/snapshot.ts';
import { canonicalName, type KeyPath } from '../../model/index.ts';
import { type Problem, problem } from '../../model/validate/problem.ts';
import type { AskedRequest } from '../offline/asked-request.ts';
import type { Asker, AskerSession } from '../offline/asker.ts';
import type { Question } from '../offline/decisions.ts';
import type { TestCase } from './cases.ts';
import type { Given, TestRequest, TestSession } from './schema.ts';

export interface TestQuestion extends Question {
  /** Country code for `status.authentication.info.geoip`. */
  readonly country: string | null;
}

export type Asked =
  | { readonly ok: true; readonly question: TestQuestion }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What a case asks. `now`, in milliseconds since 1970, is for cases without a time of their own. */
export function questionOf({ given, givenAt }: TestCase, snapshot: CompiledSnapshot, now: number): Asked {
  const problems = [
    ...unknownNames(given, givenAt, snapshot),
    ...urlProblems(given, givenAt),
    ...timeProblems(given, givenAt),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const time = timeOf(given.request?.time ?? given.time) ?? now;
  const question = {
    asker: askerOf(given),
    request: requestOf(given, snapshot, time),
    country: given.session?.country ?? null,
  };
  return { ok: true, question };
}

function askerOf({ user, groups, session, anonymous }: Given): Asker {
  if (user === undefined || anonymous === true) return { user: null };
  return {
    user,
    ...(groups === undefined ? {} : { groups }),
    ...(session === undefined ? {} : { session: sessionOf(session) }),
  };
}

function sessionOf({ country: _, expiresAt, signedInAt, ...session }: TestSession): AskerSession {
  const [ends, begins] = [timeOf(expiresAt), timeOf(signedInAt)];
  return {
    ...session,
    ...(ends === null ? {} : { expiresAt: ends }),
    ...(begins === null ? {} : { signedInAt: begins }),
  };
}

function timeOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}

function requestOf({ service, request = {}, ip }: Given, snapshot: CompiledSnapshot, time: number): AskedRequest {
  const address = request.ip ?? ip;
  const { method, path, headers } = callOf(request);
  const host = service === undefined ? '' : `https://${hostOf(service, snapshot)}`;
  return {
    method,
    url: `${host}${path}`,
    headers: [...headers, ...Object.entries(request.headers ?? {})],
    body: bodyOf(request.body),
    ...(address === undefined ? {} : { clientAddress: address }),
    time,
  };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
}

function callOf({ method, url, grpc }: TestRequest): Call {
  if (grpc === undefined) return { method: method ?? 'GET', path: url ?? '/', headers: [] };
  return { method: 'POST', path: `/${grpc}`, headers: [['content-type', 'application/grpc']] };
}

function bodyOf(body: unknown): Uint8Array | null {
  if (body === undefined || body === null) return null;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function hostOf(service: string, { services }: CompiledSnapshot): string {
  return services.find(({ name }) => name === canonicalName('Service', service))?.hosts[0] ?? '';
}

type Named = { readonly metadata: { readonly name: string } };

function unknownNames(given: Given, at: KeyPath, { directory, services }: CompiledSnapshot): Problem[] {
  const named = (all: readonly Named[]) => all.map(({ metadata }) => metadata.name);
  const credential = given.session?.credential;
  return [
    ...unknown('User', given.user, named(directory.users), [...at, 'user']),
    ...(given.groups ?? []).flatMap((group, i) =>
      unknown('Group', group, named(directory.groups), [...at, 'groups', i]),
    ),
    ...unknown(
      'Service',
      given.service === undefined ? undefined : canonicalName('Service', given.service),
      services.map(({ name }) => name),
      [...at, 'service'],
    ),
    ...(credential === undefined || directory.credential(credential) !== null
      ? []
      : unknown('Credential', credential, [], [...at, 'session', 'credential'])),
  ];
}

function unknown(kind: string, name: string | undefined, known: readonly string[], at: KeyPath): Problem[] {
  if (name === undefined || known.includes(name)) return [];
  return [problem(at, `there is no ${kind}/${name}`, { suggestion: didYouMean(name, known) })];
}

/** The 13th month has the form of a time. */
function timeProblems({ time, request, session }: Given, at: KeyPath): Problem[] {
  const times: readonly (readonly [text: string | undefined, ...path: string[]])[] = [
    [time, 'time'],
    [request?.time, 'request', 'time'],
    [session?.signedInAt, 'session', 'signedInAt'],
    [session?.expiresAt, 'session', 'expiresAt'],
  ];
  const wrong = times.filter(([text]) => text !== undefined && Number.isNaN(Date.parse(text)));
  return wrong.map(([text, ...path]) => problem([...at, ...path], `there is no time ${text}`));
}

const ABSOLUTE = /^https?:\/\/[^/?#]/i;

function urlProblems({ service, request }: Given, at: KeyPath): Problem[] {
  const url = request?.url;
  const where = [...at, 'request', 'url'];
  if (request?.grpc !== undefined && url !== undefined) {
    return [problem(where, 'only one of grpc and url can be given')];
  }
  const isAbsolute = url !== undefined && ABSOLUTE.test(url);
  if (service === undefined) {
    const suggestion = 'write https://api.example.com/v1, or give the service';
    return isAbsolute ? [] : [problem(where, 'the request has no host', { suggestion })];
  }
  if (url === undefined || url.startsWith('/')) return [];
  return [problem(where, 'with a service, only the path is given', { suggestion: 'such as /v1/x' })];
}
