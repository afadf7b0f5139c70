import type { User } from '../../src/model/index.ts';
import type { AccessRequest } from '../access/request.ts';
import type { FactorPage, PasskeyQuestion } from '../factors/pages.ts';
import type { FactorRefusal } from '../factors/required-factor.ts';
import type { SignInFailure } from '../sign-in/failures.ts';
import type { BodyRefusal, RequestableService } from './visit.ts';

/**
 * What one of our own addresses answers. Cookies are whole Set-Cookie values; nothing of it may be cached.
 * `forget`: the browser shall drop what it keeps of this host, also the pages behind its back button.
 */
export type SiteAnswer =
  | {
      readonly kind: 'redirect';
      readonly location: string;
      readonly cookies: readonly string[];
      readonly forget?: true;
    }
  | {
      readonly kind: 'page';
      readonly page: SitePage;
      readonly status: number;
      readonly cookies: readonly string[];
      /** For the log only. */
      readonly detail: string | null;
      readonly forget?: true;
    }
  | {
      readonly kind: 'json';
      readonly status: number;
      /** `undefined`: no body. */
      readonly value: unknown;
      readonly headers: readonly (readonly [name: string, value: string])[];
      /** Why it is a refusal, for the log only; `null`: it is none. */
      readonly detail: string | null;
    }
  /** A document that is neither a page nor JSON. */
  | { readonly kind: 'text'; readonly type: string; readonly text: string }
  /** This request goes on as another one to the Service of this host: a form that was kept. */
  | {
      readonly kind: 'instead';
      readonly path: string;
      readonly query: string;
      readonly contentType: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly reason: SiteRefusal; readonly detail: string | null };

/** A subset of the reasons of `gateway/reasons.ts`. */
export type SiteRefusal =
  | BodyRefusal
  | FactorRefusal
  | 'identity-unavailable'
  | 'insecure-origin'
  | 'method-refused'
  | 'no-route'
  | 'session-not-active'
  | 'unauthenticated'
  | 'user-disabled';

export type SitePage =
  | ChooseProviderPage
  | SignInFailedPage
  | {
      readonly name: 'confirm-hand-over';
      readonly host: string;
      /** Of that host: the form leads there. */
      readonly origin: string;
      readonly action: string;
    }
  | {
      readonly name: 'confirm-sign-out';
      readonly action: string;
      readonly user: User;
      /** Where signing out is possible too; `null`: nowhere. */
      readonly provider: SignOutProvider | null;
    }
  /** `provider`: display name of the one that has ended its session too. */
  | { readonly name: 'signed-out'; readonly signInAgain: string; readonly provider: string | null }
  | {
      readonly name: 'kept-form';
      readonly user: User;
      readonly action: string;
      readonly host: string;
      readonly path: string;
      readonly contentType: string;
      /** Bytes. */
      readonly size: number;
      readonly fields: readonly string[];
    }
  /** Instead of a page that is not shown inside others; `url`: where the browser was on the way to. */
  | { readonly name: 'framed'; readonly url: string; readonly host: string }
  | AskAccessPage
  | {
      readonly name: 'access-requests';
      readonly user: User;
      /** Those that this person decides about, and has decided or could. */
      readonly toDecide: readonly AccessEntry[];
      readonly own: readonly AccessEntry[];
      readonly problem: string | null;
    }
  | DevicePage
  | FactorPage;

export interface ChooseProviderPage {
  readonly name: 'choose-provider';
  readonly targetHost: string;
  /** The one that was used last comes first. */
  readonly providers: readonly ProviderChoice[];
  /** `null`: no provider states domains. */
  readonly byEmail: ChoiceByEmail | null;
  /** `null`: passkeys do not sign in by themselves here. */
  readonly passkey: PasskeyQuestion | null;
}

export interface ChoiceByEmail {
  /** Where the address is posted, as `email`. */
  readonly action: string;
  /** What was posted and what became of it; `null`: nothing yet. */
  readonly asked: { readonly email: string; readonly isKnown: boolean } | null;
  /** Path to all the providers. */
  readonly all: string;
}

export interface SignOutProvider {
  readonly displayName: string;
  /** The form leads there. */
  readonly origin: string;
}

/** Of a device that asks to act as somebody. */
export type DevicePage =
  | {
      readonly name: 'device-code';
      readonly action: string;
      readonly user: User;
      readonly userCode: string;
      readonly problem: 'unknown' | 'too-many' | null;
    }
  | {
      readonly name: 'confirm-device';
      readonly action: string;
      readonly user: User;
      readonly userCode: string;
      readonly clientAddress: string;
      readonly scopes: readonly string[];
    }
  | { readonly name: 'device-decided'; readonly user: User; readonly outcome: 'approve' | 'deny' | 'too-late' };

export interface AskAccessPage {
  readonly name: 'ask-access';
  readonly user: User;
  readonly service: RequestableService;
  /** Whom to ask. */
  readonly approvers: readonly string[];
  /** The last request of this person for this Service. */
  readonly former: AccessRequest | null;
  /** Why what was sent is not accepted. */
  readonly problem: string | null;
  /** As it was sent. */
  readonly reason: string;
}

export interface AccessEntry {
  readonly request: AccessRequest;
  /** `null`: there is no such User any more. */
  readonly user: User | null;
  readonly service: RequestableService | null;
}

export interface SignInFailedPage {
  readonly name: 'sign-in-failed';
  readonly code: SignInFailure;
  readonly title: string;
  readonly text: string;
  readonly advice: string;
  /** `null` when it cannot help. */
  readonly retry: string | null;
  /** This browser has a session all the same. */
  readonly still: StillSignedIn | null;
}

export interface StillSignedIn {
  readonly user: User;
  /** Where the person was on the way to. */
  readonly back: string;
}

export interface ProviderChoice {
  readonly name: string;
  readonly displayName: string;
  /** Path to follow, as a link. */
  readonly href: string;
  /** This browser signed in there last. */
  readonly isRemembered: boolean;
}

export function redirect(location: string, cookies: readonly string[] = []): SiteAnswer {
  return { kind: 'redirect', location, cookies };
}

export function showPage(page: SitePage, cookies: readonly string[] = []): SiteAnswer {
  return { kind: 'page', page, status: 200, cookies, detail: null };
}

/** For programs. Not to be cached unless `headers` say otherwise. */
export function showJson(value: unknown, headers: readonly (readonly [string, string])[] = []): SiteAnswer {
  return { kind: 'json', status: 200, value, headers, detail: null };
}

/** @param type media type, without parameters; the text is sent as UTF-8 */
export function showText(type: string, text: string): SiteAnswer {
  return { kind: 'text', type, text };
}

/** What a program asked for is refused. @param detail for the log */
export function refuseJson(
  status: number,
  value: unknown,
  detail: string,
  headers: readonly (readonly [string, string])[] = [],
): SiteAnswer {
  return { kind: 'json', status, value, headers, detail };
}

/** The answer with more that it changes in the browser. Refusals and JSON change nothing there. */
export function changing(
  answer: SiteAnswer,
  { cookies = [], forget }: { readonly cookies?: readonly string[]; readonly forget?: true },
): SiteAnswer {
  if (answer.kind !== 'redirect' && answer.kind !== 'page') return answer;
  const changed = { ...answer, cookies: [...answer.cookies, ...cookies] };
  return forget === undefined ? changed : { ...changed, forget };
}

export function refused(reason: SiteRefusal, detail: string | null = null): SiteAnswer {
  return { kind: 'refused', reason, detail };
}
