import type { User } from '../../src/model/index.ts';
import type { SignInFailure } from './failures.ts';

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
  | { readonly kind: 'refused'; readonly reason: SiteRefusal; readonly detail: string | null };

/** A subset of the reasons of `gateway/reasons.ts`. */
export type SiteRefusal = 'bad-request' | 'identity-unavailable' | 'insecure-origin' | 'method-refused';

export type SitePage =
  | { readonly name: 'choose-provider'; readonly targetHost: string; readonly providers: readonly ProviderChoice[] }
  | SignInFailedPage
  | {
      readonly name: 'confirm-hand-over';
      readonly host: string;
      /** Of that host: the form leads there. */
      readonly origin: string;
      readonly action: string;
    }
  | { readonly name: 'confirm-sign-out'; readonly action: string; readonly user: User }
  | { readonly name: 'signed-out'; readonly signInAgain: string };

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
}

export function redirect(location: string, cookies: readonly string[] = []): SiteAnswer {
  return { kind: 'redirect', location, cookies };
}

export function showPage(page: SitePage, cookies: readonly string[] = []): SiteAnswer {
  return { kind: 'page', page, status: 200, cookies, detail: null };
}

export function refused(reason: SiteRefusal, detail: string | null = null): SiteAnswer {
  return { kind: 'refused', reason, detail };
}
