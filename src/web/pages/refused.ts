import { REASONS, type Reason } from '../../gateway/reasons.ts';
import type { Html } from '../html.ts';
import type { SignedInAs } from '../page.ts';
import { REASON_WORDS, type RefusalKind } from '../reason-words.ts';
import { deniedPage } from './denied.ts';
import { failurePage } from './failure.ts';
import { requestRefusedPage } from './request-refused.ts';

/** What may be told about a refusal to whoever was refused; nothing internal is among it. */
export interface RefusedPage {
  readonly domain: string;
  readonly reason: Reason;
  readonly requestId: string;
  /** As the browser's address bar has it. */
  readonly host: string;
  /** The Service's display name or name; `null` when none was found. */
  readonly service: string | null;
  readonly signedInAs: SignedInAs | null;
  /** Where to sign in with another account and come back; `null` when that cannot help. */
  readonly switchAccountUrl: string | null;
  readonly portalUrl: string | null;
  /** Where to ask for access for a while; `null`: that is not possible, or would not help. */
  readonly access: RequestableAccess | null;
}

export interface RequestableAccess {
  readonly url: string;
  /** Who decides. */
  readonly approvers: readonly string[];
}

/** The words of a refusal, ready to be laid out. */
export interface RefusalText {
  readonly status: number;
  readonly title: string;
  readonly why: string;
  readonly advice: string;
}

const LAYOUTS: Readonly<Record<RefusalKind, (data: RefusedPage, text: RefusalText) => Html>> = {
  denied: deniedPage,
  request: requestRefusedPage,
  failure: failurePage,
};

/** The page of any refusal. Its HTTP status is `REASONS[reason].status`. */
export function refusedPage(data: RefusedPage): Html {
  const { kind, title, advice } = REASON_WORDS[data.reason];
  const { status, text } = REASONS[data.reason];
  const named = title.replace('{service}', () => data.service ?? 'this service');
  return LAYOUTS[kind](data, { status, title: named[0]?.toUpperCase() + named.slice(1), why: text, advice });
}
