import { setImmediate as nextTurn } from 'node:timers/promises';
import { ANONYMOUS, type Principal } from '../../../identity/principal.ts';
import { reachOf } from '../../../policies/explain/reach.ts';
import { buildInput, type PolicyInput } from '../../../policies/input.ts';
import type { AskedOf, ReachAnswer, ReachRequest, ReachRow } from '../../admin/explanation.ts';
import { AppError } from '../../base/errors.ts';
import { HeaderList } from '../../base/header-list.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { CompiledService, CompiledSnapshot } from '../../gateway/snapshot.ts';
import { headOf } from '../offline/asked-request.ts';
import { principalOf } from '../offline/asker.ts';
import { decideKnown } from '../offline/decisions.ts';
import { askedRequest, askerOf } from './explain.ts';

/** A gateway that is asked serves requests meanwhile. */
const ROWS_A_TURN = 20;

/**
 * Who can reach a Service, or what one can reach: every user and nobody, or every Service.
 *
 * @param now milliseconds since 1970
 * @throws AppError `not-found` for a name that nothing has, `usage` for what is no request or one for another Service
 */
export async function reach(snapshot: CompiledSnapshot, asked: ReachRequest, now: number): Promise<ReachAnswer> {
  const time = asked.request?.time ?? asked.time ?? now;
  const principals =
    asked.asker === null ? everybody(snapshot, time) : [principalOf(snapshot, askerOf(asked.asker), time)];
  const services = asked.service === null ? snapshot.services : [serviceNamed(snapshot, asked.service)];
  if (asked.service !== null && asked.request !== null) await checkTarget(snapshot, services[0]!, asked.request, time);
  const rows: ReachRow[] = [];
  for (const service of services) {
    for (const principal of principals) {
      rows.push(await rowOf(snapshot, service, principal, asked.request, time));
      if (rows.length % ROWS_A_TURN === 0) await nextTurn();
    }
  }
  return { generation: snapshot.generation, rows };
}

/** Nobody could reach a Service with the URL of another one. */
async function checkTarget(
  snapshot: CompiledSnapshot,
  target: CompiledService,
  request: AskedOf,
  time: number,
): Promise<void> {
  const head = headOf(snapshot, askedRequest(addressedTo(target, request), time));
  if ('kind' in head) return;
  const { service } = await decideKnown(snapshot, { principal: ANONYMOUS, head, body: null, time });
  if (service === null || service.name === target.name) return;
  throw new AppError('usage', `the request is one for Service/${service.name}, not for Service/${target.name}`);
}

/** A path alone is meant for whatever Service is looked at. */
function addressedTo({ hosts }: CompiledService, request: AskedOf): AskedOf {
  return request.url.startsWith('/') ? { ...request, url: `https://${hosts[0] ?? ''}${request.url}` } : request;
}

function everybody(snapshot: CompiledSnapshot, time: number): Principal[] {
  const names = snapshot.directory.users.map(({ metadata }) => metadata.name).sort();
  return [...names.map((user) => principalOf(snapshot, { user }, time)), ANONYMOUS];
}

function serviceNamed({ services }: CompiledSnapshot, name: string): CompiledService {
  const found = services.find((service) => service.name === name || service.resource.metadata.name === name);
  if (found !== undefined) return found;
  const suggestion = didYouMean(
    name,
    services.map((service) => service.name),
  );
  throw new AppError('not-found', `there is no Service/${name}${suggestion === null ? '' : ` (${suggestion})`}`);
}

async function rowOf(
  snapshot: CompiledSnapshot,
  service: CompiledService,
  principal: Principal,
  request: AskedOf | null,
  time: number,
): Promise<ReachRow> {
  const names = { service: service.name, user: principal.user?.metadata.name ?? null };
  if (request === null) return { ...names, ...(await whatever(service, principal, time)) };
  return { ...names, ...(await forRequest(snapshot, service, principal, request, time)) };
}

type Verdict = Pick<ReachRow, 'can' | 'effect' | 'reason' | 'policy' | 'rule'>;

const NEVER = { can: 'never', effect: 'deny', policy: null, rule: null } as const;

async function forRequest(
  snapshot: CompiledSnapshot,
  target: CompiledService,
  principal: Principal,
  request: AskedOf,
  time: number,
): Promise<Verdict> {
  const asked = askedRequest(addressedTo(target, request), time);
  const head = headOf(snapshot, asked);
  if ('kind' in head) return { ...NEVER, reason: head.reason };
  const decided = await decideKnown(snapshot, { principal, head, body: asked.body ?? null, time });
  const { service, decision, refusal } = decided;
  if (service?.name !== target.name) return { ...NEVER, reason: 'no-route' };
  const effect = refusal === null ? 'allow' : 'deny';
  return {
    can: refusal === null ? 'always' : 'never',
    effect,
    reason: refusal?.reason ?? decision?.reason ?? 'internal-error',
    policy: decision?.policy ?? null,
    rule: decision?.rule ?? null,
  };
}

/** Whatever is asked for. */
async function whatever(service: CompiledService, principal: Principal, time: number): Promise<Verdict> {
  const { state, anonymous, authorizer } = service;
  if (state.kind !== 'ready') return { ...NEVER, reason: `service-${state.kind}` };
  if (!anonymous && principal.kind === 'anonymous') return { ...NEVER, reason: 'unauthenticated' };
  const who = anonymous ? ANONYMOUS : principal;
  const input = firstPage(service, who, time);
  const ask = () => authorizer.authorize(who, input);
  const first = ask();
  const decision = input.remote?.isWaiting === true ? await input.remote.settle(ask) : first;
  const { effect, reason, policy, rule } = decision;
  return { can: reachOf(authorizer, who, input, decision), effect, reason, policy, rule };
}

/** `GET /` without a header. */
function firstPage(service: CompiledService, principal: Principal, time: number): PolicyInput {
  const { resource, namespace, hosts } = service;
  const request = {
    method: 'GET',
    scheme: 'https',
    host: hosts[0] ?? '',
    path: '/',
    query: '',
    headers: new HeaderList(),
    clientAddress: '127.0.0.1',
    httpVersion: '2',
    tls: null,
  } as const;
  return buildInput({ request, principal, service: resource, namespace, body: null, grpc: null, time });
}
