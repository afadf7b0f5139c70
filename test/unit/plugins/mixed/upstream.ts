import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Principal } from '../../../../identity/principal.ts';
import { HeaderList } from '../../../../src/base/header-list.ts';
import { BufferedBody } from '../../../../src/gateway/body.ts';
import type { Exchange } from '../../../../src/gateway/exchange.ts';
import type { Response } from '../../../../src/gateway/outcome.ts';
import { streamed } from '../../../support/manual-body.ts';
import { SAID } from './mix.ts';

/** `CheckResponse` with a status that is OK. */
export function grpcYes(x: Exchange): Response {
  x.grpc!.status = 0;
  const bytes = Buffer.from('00000000040a020800', 'hex');
  return { status: 200, headers: new HeaderList(['content-type', 'application/grpc']), body: new BufferedBody(bytes) };
}

/** Who asks, as the upstream is told. */
export function labelOf(who: Principal | null): string {
  return who === null || who.kind === 'anonymous' ? 'nobody' : `${who.user.metadata.name}/${who.session.metadata.uid}`;
}

export function answerTo(x: Exchange): Response {
  const { method, headers: sent, query } = x.outgoing!;
  const label = labelOf(x.principal);
  const etag = `"${label}"`;
  const headers = new HeaderList([
    ...['content-type', 'text/plain', 'etag', etag, 'x-asked-by', label],
    ...(SAID[Number(query.replace(/\D/g, ''))] ?? []),
  ]);
  if (sent.get('if-none-match') === etag) return { status: 304, headers, body: null };
  const text = `asked-by:${label};${'x'.repeat(2000)}`;
  return { status: 200, headers, body: method === 'HEAD' ? null : streamed(text.slice(0, 5), text.slice(5)) };
}

type Decode = (bytes: Buffer) => Buffer;
const DECODE: Readonly<Record<string, Decode>> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

export function readAnswer({ headers, body }: Response, done: (text: string) => void): void {
  const chunks: Buffer[] = [];
  const end = (): void => {
    const [bytes, coding] = [Buffer.concat(chunks), headers.get('content-encoding') ?? ''];
    done((bytes.byteLength > 0 ? (DECODE[coding]?.(bytes) ?? bytes) : bytes).toString('latin1'));
  };
  if (body === null) end();
  else body.pipe({ write: (chunk) => chunks.push(Buffer.from(chunk)) > 0, end, fail: end });
}
