import type { Identification } from '../../../identity/identification.ts';
import type { Principal } from '../../../identity/principal.ts';
import type { Decision } from '../../../policies/decision.ts';
import type { PolicyInput } from '../../../policies/input.ts';
import type { SplitNote } from '../../../policies/split/split.ts';
import { BufferedBody } from '../../gateway/body.ts';
import { defaultBodyLimits } from '../../gateway/body-budget.ts';
import { Exchange, type RequestHead } from '../../gateway/exchange.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import type { CompiledConfig, CompiledService, CompiledSnapshot, SecretView } from '../../gateway/snapshot.ts';
import type { DecidingParts, Step } from '../../gateway/step.ts';
import { authorize } from '../../gateway/steps/authorize.ts';
import { bufferBody } from '../../gateway/steps/buffer-body.ts';
import { grpc } from '../../gateway/steps/grpc.ts';
import { identify } from '../../gateway/steps/identify.ts';
import { ownAddress } from '../../gateway/steps/own-address.ts';
import { route } from '../../gateway/steps/route.ts';
import { selectConfig } from '../../gateway/steps/select-config.ts';
import { webSocketOrigin } from '../../gateway/steps/web-socket-origin.ts';
import { inputOf } from '../policy-input.ts';
import { type AskedRequest, headOf } from './asked-request.ts';
import { type Asker, principalOf } from './asker.ts';

/** "May this one do that?", asked without a running gateway, a session or a connection. */
export interface Question {
  readonly asker: Asker;
  readonly request: AskedRequest;
}

/** A request whose head and principal are known, such as one of a log. */
export interface KnownQuestion {
  readonly principal: Principal;
  readonly head: RequestHead;
  readonly body: Uint8Array | null;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Left out: nobody was let in for a while. */
  readonly hasGrant?: HasGrant;
}

/** Whether an approver has let this principal into this Service. */
export type HasGrant = (principal: Principal, service: string) => boolean;

/** What the gateway would do. What is `null` was not reached. */
export interface OfflineDecision {
  readonly service: CompiledService | null;
  readonly principal: Principal;
  /** What conditions saw. */
  readonly input: PolicyInput | null;
  readonly decision: Decision | null;
  readonly config: CompiledConfig | null;
  /** How the config was chosen among several, if it was. */
  readonly split: SplitNote | null;
  /** Why the request would not reach an upstream; `null`: it would. */
  readonly refusal: Refusal | null;
}

/**
 * Decides by the gateway's own steps, from the canonical form of the request to the choice of its config; plugins are
 * not asked, and nothing is sent. The snapshot may be a live one, or that of `assembleOffline(…).compiled`.
 *
 * @throws AppError `not-found` for a User, Group or Credential that does not exist, `usage` for what is no request
 */
export async function decideOffline(
  snapshot: CompiledSnapshot,
  { asker, request }: Question,
): Promise<OfflineDecision> {
  const principal = principalOf(snapshot, asker, request.time);
  const head = headOf(snapshot, request);
  if ('kind' in head) return { ...UNREACHED, principal, refusal: head };
  return decideKnown(snapshot, { principal, head, body: request.body ?? null, time: request.time });
}

/** As `decideOffline`; for many requests of one principal, whose answers are then kept between them. */
export async function decideKnown(snapshot: CompiledSnapshot, question: KnownQuestion): Promise<OfflineDecision> {
  const { principal, head, body, time, hasGrant = () => false } = question;
  const x = new Exchange('offline', { ...snapshot, secrets: NO_SECRETS }, head, bodyOf(body), 0);
  const refusal = await walk(x, partsOf(principal, time, hasGrant));
  const { service, input, config, split } = x;
  const decision = (await input?.shadow?.()) ?? x.decision;
  return { service, principal: x.principal ?? principal, input, decision, config, split, refusal };
}

const UNREACHED = { service: null, input: null, decision: null, config: null, split: null } as const;

const NO_SECRETS: SecretView = { open: () => null, version: () => 0 };

type Parts = DecidingParts & Parameters<typeof ownAddress>[1];

const WAY: readonly Step<Parts>[] = [
  ownAddress,
  route,
  grpc,
  webSocketOrigin,
  identify,
  bufferBody,
  authorize,
  selectConfig,
];

async function walk(x: Exchange, parts: Parts): Promise<Refusal | null> {
  for (const step of WAY) {
    const outcome = await step(x, parts);
    if (outcome !== null) return outcome.kind === 'refusal' ? outcome : refuse('internal-error', 'a plugin answers');
  }
  return null;
}

function partsOf(principal: Principal, time: number, hasGrant: HasGrant): Parts {
  const identify = (): Identification =>
    principal.kind === 'anonymous' ? { kind: 'not-responsible' } : { kind: 'identified', principal, shownIn: 'cookie' };
  return {
    site: () => refuse('no-route', 'an address of the gateway itself, which no Service has'),
    identify,
    identifyAgain: identify,
    buildInput: (x) => inputOf(x, { principal, time, hasGrant: hasGrant(principal, x.service!.name) }),
    bodyLimits: defaultBodyLimits(),
  };
}

function bodyOf(bytes: Uint8Array | null): BufferedBody | null {
  return bytes === null ? null : new BufferedBody(bytes);
}
