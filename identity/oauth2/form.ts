import type { SiteAnswer } from '../site/answer.ts';
import { MOST_BODY, readForm } from '../site/body.ts';
import type { SiteRequest } from '../site/visit.ts';
import { type OAuthRefusal, refuseOAuth } from './refusal.ts';

/** More than any grant has. */
const MOST_PARAMETERS = 64;

/** The parameters of a request of a program; those without a value count as left out (RFC 6749 3.2). */
export type OAuthForm = ReadonlyMap<string, string>;

/** Each parameter may be there once: of two, one of us and another reader might take the other. */
export async function readOAuthForm(request: SiteRequest): Promise<OAuthForm | OAuthRefusal> {
  const reading = await readForm(request, MOST_BODY);
  if (!reading.ok) return unreadable(reading.answer);
  if (reading.form.size > MOST_PARAMETERS) return refuseOAuth('invalid_request', 'there are too many parameters');
  const repeated = repeatedName(reading.form.keys());
  if (repeated !== null) return refuseOAuth('invalid_request', 'a parameter is repeated', `repeated: ${repeated}`);
  return new Map([...reading.form].filter(([, value]) => value !== ''));
}

function repeatedName(names: Iterable<string>): string | null {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name.slice(0, 64);
    seen.add(name);
  }
  return null;
}

const STATUS: Readonly<Record<string, number>> = { 'body-too-large': 413, 'body-too-slow': 408, overloaded: 503 };

function unreadable(answer: SiteAnswer): OAuthRefusal {
  const reason = answer.kind === 'refused' ? answer.reason : 'bad-request';
  const said = answer.kind === 'refused' ? answer.detail : null;
  const status = STATUS[reason];
  const refusal = refuseOAuth('invalid_request', said ?? 'the body cannot be read', reason);
  return status === undefined ? refusal : { ...refusal, status };
}
