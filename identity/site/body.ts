import { refused, type SiteAnswer } from './answer.ts';
import type { SiteRequest } from './visit.ts';

/** Of a form or a JSON document that is sent to us, in bytes. */
export const MOST_BODY = 100 * 1024;

export type FormReading =
  | { readonly ok: true; readonly form: URLSearchParams }
  | { readonly ok: false; readonly answer: SiteAnswer };

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly answer: SiteAnswer };

/** What a form was filled in with. Never rejects. */
export async function readForm(request: SiteRequest, limit = MOST_BODY): Promise<FormReading> {
  const text = await readText(request, ['application/x-www-form-urlencoded'], limit);
  return text.ok ? { ok: true, form: new URLSearchParams(text.text) } : text;
}

/** @param types media types, without parameters, that are JSON here */
export async function readJson(
  request: SiteRequest,
  types: readonly string[] = ['application/json'],
  limit = MOST_BODY,
): Promise<JsonReading> {
  const text = await readText(request, types, limit);
  if (!text.ok) return text;
  try {
    return { ok: true, value: JSON.parse(text.text) as unknown };
  } catch {
    return { ok: false, answer: refused('bad-request', 'the body is not JSON') };
  }
}

async function readText(request: SiteRequest, types: readonly string[], limit: number) {
  const [type, another] = request.headers.all('content-type');
  const media = type?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (another !== undefined || !types.includes(media)) {
    return { ok: false, answer: refused('bad-request', `the body must be ${types.join(' or ')}`) } as const;
  }
  const reading = await request.readBody(limit);
  if (reading.kind === 'refused') return { ok: false, answer: refused(reading.reason) } as const;
  const text = decode(reading.bytes);
  if (text === null) return { ok: false, answer: refused('bad-request', 'the body is not UTF-8') } as const;
  return { ok: true, text } as const;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
