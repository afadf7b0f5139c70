import { createHash, createHmac } from 'node:crypto';
import { canonicalRequest, type SignedRequest } from './canonical.ts';

export interface Scope {
  /** `20150830` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The key of one day, region and service, which is derived from the secret access key. */
export function signingKey(secretAccessKey: string, { day, region, service }: Scope): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
}

/** The value of the Authorization field. @param time `20150830T123600Z`, on the scope's day */
export function authorizationOf(
  request: SignedRequest,
  { key, accessKeyID, scope, time }: { key: Buffer; accessKeyID: string; scope: Scope; time: string },
): string {
  const { day, region, service } = scope;
  const { text, signedHeaders } = canonicalRequest(request, isS3(service));
  const credential = `${day}/${region}/${service}/aws4_request`;
  const signature = hmac(key, `${ALGORITHM}\n${time}\n${credential}\n${sha256(text)}`).toString('hex');
  return `${ALGORITHM} Credential=${accessKeyID}/${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

export function isS3(service: string): boolean {
  return /^s3($|-|express)/.test(service);
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
