import { isTrustworthy } from '../../identity/oidc/guarded-fetch.ts';
import { messageOf } from '../base/errors.ts';
import type { EndpointAnswer, PostForm } from '../credentials/tokens/token-endpoint.ts';

/** Bytes: an answer is a token and little else. */
const MOST_BYTES = 256 * 1024;
/** For the whole of it, in milliseconds. */
const TIME_OUT_MS = 10_000;

/**
 * Asks a token endpoint: by HTTPS or on this machine, without redirects, which would take the client secret elsewhere,
 * bounded in size and time.
 */
export const postForm: PostForm = async ({ url, headers, form }) => {
  if (!URL.canParse(url) || !isTrustworthy(new URL(url))) throw new TypeError('it is no address with HTTPS');
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json', ...headers },
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(TIME_OUT_MS),
    });
    return await read(response);
  } catch (thrown) {
    throw new TypeError(reasonOf(thrown), { cause: thrown });
  }
};

async function read(response: Response): Promise<EndpointAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new TypeError('the answer is too large');
    chunks.push(chunk);
  }
  return { status: response.status, body: parsed(Buffer.concat(chunks).toString('utf8')) };
}

/** What a parser quotes of the answer stays untold. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `fetch` hides what happened in the cause. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return cause instanceof Error ? cause.message : messageOf(thrown);
}
