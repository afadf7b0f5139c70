import type { SecretValue } from '../base/secret-value.ts';
import { resourceWithData } from './resource.ts';
import { Confidential, OpenStatus } from './scalars.ts';
import { annotate, field, type Static, strict } from './schema.ts';

const SecretData = strict(
  {
    value: field(Confidential, 'The value as text.'),
    valueBytes: field(annotate(Confidential, { 'x-format': 'base64' }), 'The value as base64.'),
  },
  { 'x-exactly-one': [['value', 'valueBytes']], 'x-secret': true },
);

export const SecretSpec = strict({});
export type SecretSpec = Static<typeof SecretSpec>;

/** `data` is there only between reading the text and sealing it; what is stored or printed has none. */
export const Secret = resourceWithData('Secret', SecretSpec, SecretData, OpenStatus);
export type Secret = Static<typeof Secret>;

/** The value that an applied Secret brings (base64 is decoded when it is read), `null` when it brings none. */
export function secretData(secret: Secret): SecretValue | null {
  return secret.data?.value ?? secret.data?.valueBytes ?? null;
}
