import type {
  AskedFor,
  AskedOf,
  ExplainRequest,
  Explanation,
  ReachAnswer,
  ReachRequest,
} from '../../admin/explanation.ts';
import { AppError } from '../../base/errors.ts';
import {
  ADMIN_OPTIONS,
  type Command,
  type Connect,
  dataDirectory,
  flag,
  type Invocation,
  type OptionValues,
  text,
  texts,
} from '../command.ts';
import { explanationText } from '../explain-text.ts';
import { reachText } from '../reach-text.ts';
import { paintFor } from '../table.ts';

/** Who answers: a running gateway, or files. */
export interface Explainer {
  explain(question: ExplainRequest): Promise<Explanation>;
  reach(question: ReachRequest): Promise<ReachAnswer>;
}

export interface PolicyExplainDeps {
  readonly connect: Connect;
  /** Reads resources from files; `null`: they have errors, which `err` was told. */
  readonly load: (paths: readonly string[], domain: string, err: (text: string) => void) => Promise<Explainer | null>;
  readonly readFile: (path: string) => Promise<Uint8Array>;
}

const OPTIONS = {
  ...ADMIN_OPTIONS,
  user: { type: 'string' },
  group: { type: 'string', multiple: true },
  'session-type': { type: 'string' },
  credential: { type: 'string' },
  aal: { type: 'string' },
  request: { type: 'string' },
  header: { type: 'string', short: 'H', multiple: true },
  body: { type: 'string' },
  ip: { type: 'string' },
  time: { type: 'string' },
  who: { type: 'string' },
  what: { type: 'string' },
  file: { type: 'string', short: 'f', multiple: true },
  domain: { type: 'string' },
  all: { type: 'boolean' },
  output: { type: 'string', short: 'o' },
} as const;

const USAGE = [
  "--request 'METHOD URL' [--user USER] | --who SERVICE | --what USER",
  "[-H 'NAME: VALUE']… [--body TEXT|@FILE] [--ip ADDRESS] [--time TIME] [--group GROUP]…",
  '[--session-type CLIENT|CLIENTLESS] [--credential NAME] [--aal AAL1|AAL2|AAL3]',
  '[-f PATH]… [--domain DOMAIN] [--all] [-o text|json] [--data DIR]',
].join(' ');

/** Asks a running gateway, or files. */
export function policyExplainCommand(deps: PolicyExplainDeps): Command {
  return {
    name: 'policy explain',
    usage: USAGE,
    summary: 'Why a request is allowed or denied, rule by rule; who can reach a Service, and what a user can reach.',
    options: OPTIONS,
    run: async (invocation) => {
      const isJson = isJsonWanted(invocation.options);
      const explainer = await explainerOf(deps, invocation);
      if (explainer === null) return 1;
      const answer = await answerText(deps, explainer, invocation, isJson);
      invocation.io.out(answer);
      return 0;
    },
  };
}

function isJsonWanted(options: OptionValues): boolean {
  const output = text(options, 'output') ?? 'text';
  if (output !== 'text' && output !== 'json')
    throw new AppError('usage', `there is no output "${output}": text or json`);
  return output === 'json';
}

function explainerOf({ connect, load }: PolicyExplainDeps, invocation: Invocation): Promise<Explainer | null> {
  const { options, io } = invocation;
  const files = texts(options, 'file');
  const domain = text(options, 'domain');
  if (files.length > 0) return load(files, domain ?? 'localhost', io.err);
  if (domain !== null) throw new AppError('usage', '--domain is for files; a running gateway has its own');
  return Promise.resolve(connect(dataDirectory(invocation)));
}

async function answerText(
  deps: PolicyExplainDeps,
  explainer: Explainer,
  { options, io }: Invocation,
  isJson: boolean,
): Promise<string> {
  const paint = paintFor(!isJson && io.isTerminal === true);
  const request = await askedOf(options, deps.readFile);
  const service = text(options, 'who');
  const what = text(options, 'what');
  checkQuestion(options, request);
  if (service !== null || what !== null) {
    const asker = what === null ? null : { ...askedFor(options), user: what };
    const answer = await explainer.reach({ service, asker, request, time: timeOf(text(options, 'time')) });
    return isJson ? json(answer) : reachText(answer, request !== null, paint);
  }
  const explanation = await explainer.explain({ asker: askedFor(options), request: request! });
  return isJson ? json(explanation) : explanationText(explanation, { all: flag(options, 'all'), paint });
}

/** One question at a time. */
function checkQuestion(options: OptionValues, request: AskedOf | null): void {
  const given = ['user', 'who', 'what'].filter((name) => text(options, name) !== null);
  if (given.length > 1) throw new AppError('usage', `--${given[0]} and --${given[1]} are two questions`);
  if (request === null && !given.some((name) => name !== 'user')) {
    throw new AppError('usage', "what is asked for? Give --request 'GET https://…', --who SERVICE or --what USER");
  }
  const ofRequest = request === null ? OF_REQUEST.find((name) => options[name] !== undefined) : undefined;
  if (ofRequest !== undefined) throw new AppError('usage', `--${ofRequest} is said of a --request`);
}

const OF_REQUEST = ['header', 'body', 'ip'] as const;

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const SESSION_TYPES = ['CLIENT', 'CLIENTLESS'] as const;
const AALS = ['AAL1', 'AAL2', 'AAL3'] as const;

function askedFor(options: OptionValues): AskedFor {
  const groups = texts(options, 'group');
  const sessionType = wordOf(options, 'session-type', SESSION_TYPES);
  const aal = wordOf(options, 'aal', AALS);
  const credential = text(options, 'credential');
  return {
    user: text(options, 'user'),
    ...(groups.length === 0 ? {} : { groups }),
    ...(sessionType === null ? {} : { sessionType }),
    ...(aal === null ? {} : { aal }),
    ...(credential === null ? {} : { credential }),
  };
}

function wordOf<W extends string>(options: OptionValues, name: string, words: readonly W[]): W | null {
  const given = text(options, name);
  if (given === null) return null;
  const word = words.find((one) => one === given.toUpperCase());
  if (word === undefined) throw new AppError('usage', `--${name} is one of ${words.join(', ')}, not "${given}"`);
  return word;
}

type ReadFile = PolicyExplainDeps['readFile'];

async function askedOf(options: OptionValues, readFile: ReadFile): Promise<AskedOf | null> {
  const request = text(options, 'request');
  if (request === null) return null;
  const [first = '', second] = request.trim().split(/\s+/, 2);
  return {
    method: second === undefined ? 'GET' : first,
    url: second ?? first,
    headers: texts(options, 'header').map(headerOf),
    body: await bodyOf(text(options, 'body'), readFile),
    clientAddress: text(options, 'ip'),
    time: timeOf(text(options, 'time')),
  };
}

function headerOf(given: string): [string, string] {
  const colon = given.indexOf(':');
  if (colon < 1) throw new AppError('usage', `"${given}" is no header: write 'NAME: VALUE'`);
  return [given.slice(0, colon).trim(), given.slice(colon + 1).trim()];
}

async function bodyOf(given: string | null, readFile: ReadFile): Promise<string | null> {
  if (given === null) return null;
  const bytes = given.startsWith('@') ? await readFile(given.slice(1)) : Buffer.from(given, 'utf8');
  return Buffer.from(bytes).toString('base64');
}

function timeOf(given: string | null): number | null {
  if (given === null) return null;
  const time = Date.parse(given);
  if (Number.isNaN(time)) throw new AppError('usage', `"${given}" is no time, such as 2026-11-21T22:30:00Z`);
  return time;
}
