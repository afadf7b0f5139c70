import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readBundle } from '../../../../policies/rego/bundle/bundle.ts';
import { canonicalJsonSha256 } from '../../../../policies/rego/bundle/canonical-json.ts';
import { type Verification, verifySignature } from '../../../../policies/rego/bundle/signature.ts';
import { type ArchiveFile, readTar } from '../../../../policies/rego/tar.ts';
import { AppError } from '../../../../src/base/errors.ts';

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/opa-bundles/${name}`, import.meta.url));
const filesOf = (name: string) => readTar(gunzipSync(fixture(`${name}.tar.gz`)));

const SECRET = 'a-shared-secret-of-32-characters';
const BY: Readonly<Record<'rs256' | 'es256' | 'hs256', Verification>> = {
  rs256: { algorithm: 'RS256', key: fixture('rsa.pub.pem').toString(), scope: null, required: true },
  es256: { algorithm: 'ES256', key: fixture('ec.pub.pem').toString(), scope: null, required: true },
  hs256: { algorithm: 'HS256', key: SECRET, scope: 'production', required: true },
};

for (const [name, verification] of Object.entries(BY)) {
  test(`what opa signed with ${name} verifies, documents in their canonical form too`, () => {
    readBundle(fixture(`${name}.tar.gz`), verification);
  });
}

function refuses(files: readonly ArchiveFile[], verification: Verification, message: RegExp): void {
  const isIt = (thrown: unknown) => thrown instanceof AppError && message.test(thrown.message);
  assert.throws(() => verifySignature(files, verification), isIt);
}

const replaced = (files: readonly ArchiveFile[], name: string, bytes: string) =>
  files.map((file) => (file.name === name ? { name, bytes: Buffer.from(bytes) } : file));

test('nothing may change, be added or be left out', () => {
  const files = filesOf('rs256');
  refuses(replaced(files, 'data.json', '{}'), BY.rs256, /data\.json" is not what was signed/);
  refuses(replaced(files, 'policy.wasm', 'x'), BY.rs256, /policy\.wasm" is not/);
  refuses(replaced(files, '.manifest', '{}'), BY.rs256, /manifest" is not/);
  refuses([...files, { name: 'a/data.json', bytes: Buffer.from('{}') }], BY.rs256, /not signed/);
  refuses(
    files.filter(({ name }) => name !== 'data.json'),
    BY.rs256,
    /not there/,
  );
  refuses(replaced(files, 'data.json', 'no json'), BY.rs256, /not JSON/);
});

test('the order of keys and white space do not count', () => {
  const files = filesOf('rs256');
  const data = files.find(({ name }) => name === 'data.json')!;
  const spaced = data.bytes.toString().replace('{"authz":', ' {\n "authz" : ');
  assert.notEqual(spaced, data.bytes.toString());
  verifySignature(replaced(files, 'data.json', spaced), BY.rs256);
});

test('no signature, and one that is not needed', () => {
  const files = filesOf('unsigned');
  refuses(files, BY.rs256, /not signed/);
  verifySignature(files, { ...BY.rs256, required: false });
  refuses(filesOf('es256'), { ...BY.rs256, required: false }, /RS256/);
});

test('the key, its type and the scope must be right', () => {
  refuses(filesOf('rs256'), { ...BY.rs256, key: null }, /not there/);
  refuses(filesOf('rs256'), { ...BY.rs256, key: BY.es256.key }, /another type/);
  refuses(filesOf('rs256'), { ...BY.rs256, key: 'no key' }, /cannot be read/);
  refuses(filesOf('rs256'), { ...BY.rs256, scope: 'production' }, /scope/);
  refuses(filesOf('hs256'), { ...BY.hs256, scope: null }, /scope "production"/);
  refuses(filesOf('hs256'), { ...BY.hs256, key: `${SECRET}x` }, /does not verify/);
});

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signed with a secret, whatever its header says. */
function signed(header: unknown, payload: unknown, key = SECRET): ArchiveFile {
  const text = `${encoded(header)}.${encoded(payload)}`;
  const signature = createHmac('sha256', key).update(text).digest('base64url');
  return { name: '.signatures.json', bytes: Buffer.from(JSON.stringify({ signatures: [`${text}.${signature}`] })) };
}

const WASM: ArchiveFile = { name: 'policy.wasm', bytes: Buffer.from('wasm') };
const LISTED = { name: 'policy.wasm', hash: createHash('sha256').update('wasm').digest('hex') };
const HS: Verification = { algorithm: 'HS256', key: SECRET, scope: null, required: true };

test('a signature of our own making verifies, so that the next ones are refused for what they say', () => {
  verifySignature([WASM, signed({ alg: 'HS256' }, { files: [LISTED] })], HS);
});

test('the algorithm is never taken from the token: a public key is no shared secret, and none is none', () => {
  const forged = signed({ alg: 'HS256' }, { files: [LISTED] }, BY.rs256.key!);
  refuses([WASM, forged], BY.rs256, /RS256/);
  refuses([WASM, signed({ alg: 'none' }, { files: [LISTED] })], HS, /HS256/);
});

const malformed: readonly (readonly [string, ArchiveFile, RegExp])[] = [
  ['no files', signed({ alg: 'HS256' }, {}), /lists no files/],
  ['a file without a hash', signed({ alg: 'HS256' }, { files: [{ name: 'policy.wasm' }] }), /without a hash/],
  ['a null file', signed({ alg: 'HS256' }, { files: [null] }), /without a hash/],
  ['a weak hash', signed({ alg: 'HS256' }, { files: [{ ...LISTED, algorithm: 'MD5' }] }), /MD5/],
  ['a payload that is a list', signed({ alg: 'HS256' }, []), /payload/],
  ['no JSON', { name: '.signatures.json', bytes: Buffer.from('{') }, /JSON object/],
  ['no signature in it', { name: '.signatures.json', bytes: Buffer.from('{"signatures":[]}') }, /exactly one/],
  ['two', { name: '.signatures.json', bytes: Buffer.from('{"signatures":["a","b"]}') }, /exactly one/],
  ['no token', { name: '.signatures.json', bytes: Buffer.from('{"signatures":["x"]}') }, /header/],
];
for (const [what, file, message] of malformed) test(`${what}: refused`, () => refuses([WASM, file], HS, message));

test('the canonical form: keys by their bytes, numbers as they were written, the escapes of Go', () => {
  const hash = (text: string) => canonicalJsonSha256(Buffer.from(text));
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  assert.equal(hash('{ "b": 1.0, "a": [true, null, -0] }'), sha256('{"a":[true,null,-0],"b":1.0}'));
  assert.equal(hash('{"\\ud83d\\ude00":1,"\uffee":2}'), sha256('{"\uffee":2,"\u{1f600}":1}'));
  assert.equal(hash('"<&>\\u2028\\u0007"'), sha256('"<&>\\u2028\\u0007"'));
  assert.equal(hash('12345678901234567890'), sha256('12345678901234567890'));
  assert.notEqual(hash('{"__proto__":1}'), hash('{}'));
});

test('a document that nests without end is refused', () => {
  assert.throws(() => canonicalJsonSha256(Buffer.from('['.repeat(200_000))), AppError);
  assert.throws(() => canonicalJsonSha256(Buffer.from('['.repeat(600) + ']'.repeat(600))), AppError);
});
