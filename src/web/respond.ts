import { HeaderList } from '../base/header-list.ts';
import { BufferedBody } from '../gateway/body.ts';
import type { Response } from '../gateway/outcome.ts';
import type { Branding } from '../model/index.ts';
import { brandFilling } from './brand.ts';
import type { Html } from './html.ts';

export interface PageOptions {
  /**
   * Origins beside this host that a form of the page may lead to. Chromium applies `form-action` to every redirect
   * after the form as well, so signing out on a Service host names the auth host here.
   */
  readonly formOrigins?: readonly string[];
  /** Whether our own script may run, which asks for passkeys. */
  readonly scripts?: boolean;
  /** Whether other sites may show it inside theirs: only what says nothing and decides nothing. */
  readonly isFramed?: boolean;
  /** Of the installation. */
  readonly branding?: Branding | undefined;
}

/** A page as an answer. Never stored, never framed, and allowed to load nothing but what is ours. */
export function pageResponse(
  status: number,
  markup: Html,
  { formOrigins = [], scripts = false, isFramed = false, branding }: PageOptions = {},
): Response {
  const headers = HeaderList.from([
    ['content-type', 'text/html; charset=utf-8'],
    ['content-security-policy', contentSecurityPolicy(formOrigins, scripts, isFramed)],
    ['cache-control', 'no-store'],
    // Not `no-referrer`: under it a form is sent with `Origin: null` (Fetch, 3.1), and signing out checks the Origin.
    ['referrer-policy', 'same-origin'],
    ['x-content-type-options', 'nosniff'],
  ]);
  const branded = branding === undefined ? markup : markup.filled(brandFilling(branding));
  return { status, headers, body: new BufferedBody(branded.toString()) };
}

function contentSecurityPolicy(formOrigins: readonly string[], scripts: boolean, isFramed: boolean): string {
  return [
    "default-src 'none'",
    ...(scripts ? ["script-src 'self'"] : []),
    "style-src 'self'",
    "img-src 'self' data:",
    ['form-action', "'self'", ...formOrigins.map(origin)].join(' '),
    "base-uri 'none'",
    isFramed ? 'frame-ancestors *' : "frame-ancestors 'none'",
  ].join('; ');
}

/** Only what `URL` spells, so that nothing can be added to the header. */
function origin(address: string): string {
  return new URL(address).origin;
}
