import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError, fileProblem, messageOf } from '../../base/errors.ts';
import { type Invocation, text } from '../command.ts';

/** The bytes that `create secret` and `update secret` are given, in one of the ways there are. */
export async function secretValue({ options, io }: Invocation): Promise<Buffer> {
  const [value, file] = [text(options, 'value'), text(options, 'file')];
  const [cert, key] = [text(options, 'cert'), text(options, 'key')];
  const ways = [value, file, cert ?? key].filter((one) => one !== null);
  if (ways.length > 1) throw new AppError('usage', 'give --value, or --file, or --cert with --key');
  if (value !== null) return Buffer.from(value, 'utf8');
  if (cert !== null || key !== null) return readPair(cert, key);
  const bytes = file === null || file === '-' ? await io.readStdin() : await readSecretFile(file);
  return withoutFinalNewline(bytes);
}

/** One text with the chain and its key, as listeners and upstreams take certificates from Secrets. */
async function readPair(cert: string | null, key: string | null): Promise<Buffer> {
  if (cert === null || key === null) throw new AppError('usage', '--cert and --key go together');
  const [chain, privateKey] = await Promise.all([readSecretFile(cert), readSecretFile(key)]);
  expectPem(chain, 'CERTIFICATE', cert);
  expectPem(privateKey, 'PRIVATE KEY', key);
  expectPair({ chain, privateKey, cert, key });
  return Buffer.concat([chain, Buffer.from('\n'), privateKey]);
}

function expectPair(pair: { chain: Buffer; privateKey: Buffer; cert: string; key: string }): void {
  if (belongTogether(pair.chain, pair.privateKey)) return;
  throw new AppError('invalid', `the key in ${pair.key} does not belong to the first certificate in ${pair.cert}`);
}

function belongTogether(chain: Buffer, privateKey: Buffer): boolean {
  try {
    return new X509Certificate(chain).checkPrivateKey(createPrivateKey(privateKey));
  } catch (cause) {
    throw new AppError('invalid', `the certificate or its key cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** Interchanged files are the likely mistake. */
function expectPem(bytes: Buffer, what: 'CERTIFICATE' | 'PRIVATE KEY', file: string): void {
  const labels = bytes.toString('latin1').match(/-----BEGIN [A-Z ]+-----/g) ?? [];
  if (labels.some((label) => label.endsWith(`${what}-----`))) return;
  throw new AppError('invalid', `${file} holds no ${what} in PEM form`);
}

async function readSecretFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new AppError('not-found', `${file} cannot be read: ${fileProblem(cause)}`, { cause });
  }
}

/** `echo` and editors end a file with a newline, which is never part of a token or password. */
function withoutFinalNewline(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}
