import { isTrustworthy } from '../../identity/oidc/guarded-fetch.ts';
import { boundedText, whyFetchFailed } from '../base/fetched.ts';
import type { PostForm } from '../credentials/tokens/token-endpoint.ts';

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
    return { status: response.status, body: parsed(await boundedText(response.body, MOST_BYTES)) };
  } catch (thrown) {
    throw new TypeError(whyFetchFailed(thrown), { cause: thrown });
  }
};

/** What a parser quotes of the answer stays untold. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
