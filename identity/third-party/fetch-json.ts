import { AppError } from '../../src/base/errors.ts';
import { boundedText, whyFetchFailed } from '../../src/base/fetched.ts';
import { isTrustworthy } from '../oidc/guarded-fetch.ts';

/** Bytes: key sets, discovery documents and introspection answers of real providers have some thousand. */
const MOST_BYTES = 256 * 1024;
/** For the whole of it, in milliseconds. */
const TIME_OUT_MS = 5_000;

/**
 * Reads a JSON document from where it is believed: by HTTPS or on this machine, without redirects, bounded in size and
 * time.
 * @throws AppError `unavailable`
 */
export async function fetchJson(url: string, init: RequestInit = {}): Promise<unknown> {
  try {
    if (!URL.canParse(url) || !isTrustworthy(new URL(url))) throw new TypeError('it is no address with HTTPS');
    const headers = { accept: 'application/json', ...init.headers };
    const signal = AbortSignal.timeout(TIME_OUT_MS);
    const response = await fetch(url, { ...init, headers, redirect: 'error', signal });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new TypeError(`it answers with status ${response.status}`);
    }
    return JSON.parse(await boundedText(response.body, MOST_BYTES));
  } catch (thrown) {
    throw new AppError('unavailable', `${new URL(url).host}: ${whyFetchFailed(thrown)}`, { cause: thrown });
  }
}
