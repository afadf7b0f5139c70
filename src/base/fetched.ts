import { messageOf } from './errors.ts';

/** The text of an answer of another system. @param most bytes @throws TypeError when it is larger */
export async function boundedText(body: AsyncIterable<Uint8Array> | null, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > most) throw new TypeError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Why a `fetch` failed, which it hides in the cause. What a parser quotes of the answer stays untold. */
export function whyFetchFailed(thrown: unknown): string {
  if (thrown instanceof SyntaxError) return 'the answer is not JSON';
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return cause instanceof Error ? cause.message : messageOf(thrown);
}
