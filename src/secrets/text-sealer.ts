import { SecretValue } from '../base/secret-value.ts';
import type { KeyRing } from './key-ring.ts';
import type { TextSealer } from './ports.ts';
import { open, seal } from './seal.ts';

/** Seals configuration texts with the ring's keys. */
export function textSealer(ring: KeyRing): TextSealer {
  return {
    seal: (name, text) => seal(ring, name, new SecretValue(text), 'configuration'),
    open: (sealed) => open(ring, sealed, 'configuration').reveal(),
  };
}
