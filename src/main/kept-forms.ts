import { keptFormPath } from '../../identity/kept-forms/addresses.ts';
import { isKeepable, MOST_KEPT } from '../../identity/kept-forms/keepable.ts';
import type { KeptForms } from '../../identity/kept-forms/kept-forms.ts';
import { signInRedirect } from '../../identity/sign-in/refused-navigation.ts';
import { HeaderList } from '../base/header-list.ts';
import { isNavigation } from '../downstream/navigation.ts';
import { setRefusalHeaders } from '../downstream/problem.ts';
import type { Body } from '../gateway/body.ts';
import type { BodyLimits } from '../gateway/body-budget.ts';
import { readBudgeted } from '../gateway/budgeted-body.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { KernelParts } from '../gateway/kernel.ts';
import type { Refusal, Response } from '../gateway/outcome.ts';

export interface KeepingDeps {
  readonly keptForms: KeptForms;
  readonly bodyLimits: BodyLimits;
}

/** A form that was sent with a session that has ended is kept, and its sender goes to sign in. */
export function keepForms(deps: KeepingDeps): NonNullable<KernelParts['answerLater']> {
  return (x, refusal) => {
    const isEnded = refusal.reason === 'session-expired' || refusal.reason === 'session-unknown';
    const { body, request, service } = x;
    if (!isEnded || body === null || service === null || service.resource.spec.mode === 'GRPC') return null;
    if ((body.length ?? 0) > MOST_KEPT || !isNavigation(request)) return null;
    return isKeepable(request, x.snapshot.domain) ? keep(x, body, refusal, deps) : null;
  };
}

async function keep(x: Exchange, body: Body, { reason }: Refusal, deps: KeepingDeps): Promise<Response | null> {
  const { request, snapshot } = x;
  const reading = await readBudgeted(x, body, MOST_KEPT, deps.bodyLimits);
  if (reading.kind === 'refusal') return null;
  const { host, path, query, headers, scheme, clientAddress } = request;
  const form = { host, path, query, contentType: headers.get('content-type') ?? '', bytes: reading.bytes };
  const kept = await deps.keptForms.keep(form, scheme, clientAddress);
  if (kept === null) return null;
  const { location, setCookie } = signInRedirect(request, snapshot.domain, keptFormPath(kept.id));
  const fields = HeaderList.from([
    ['location', location],
    ['set-cookie', kept.setCookie],
  ]);
  if (setCookie !== null) fields.append('set-cookie', setCookie);
  setRefusalHeaders(fields, x.id, reason);
  return { status: 303, headers: fields, body: null };
}
