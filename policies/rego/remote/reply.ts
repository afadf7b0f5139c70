/** What came back from an OPA. */
export type RemoteReply =
  | { readonly kind: 'answered'; readonly status: number; readonly body: Buffer }
  /** It is down, too slow, or says too much. */
  | { readonly kind: 'failed'; readonly message: string };

/** What a reply says (OPA: Data API, `POST /v1/data/…`). */
export type RemoteResult =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'undefined' }
  | { readonly kind: 'error'; readonly message: string };

export function readReply(reply: RemoteReply): RemoteResult {
  if (reply.kind === 'failed') return { kind: 'error', message: reply.message };
  if (reply.status !== 200) return { kind: 'error', message: `it answered with status ${reply.status}` };
  const document = parseObject(reply.body);
  if (document === null) return { kind: 'error', message: 'its answer is not a JSON object' };
  return Object.hasOwn(document, 'result') ? { kind: 'value', value: document.result } : { kind: 'undefined' };
}

function parseObject(body: Buffer): { readonly result?: unknown } | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
