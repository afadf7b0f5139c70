import { SecretValue } from '../base/secret-value.ts';
import type { VaultView } from './vault.ts';

/** An opened Secret on its way from the process that opened it to one that uses it. */
export interface HandedSecret {
  readonly name: string;
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** What was handed over, behind values that cannot be printed. */
export function viewOf(handed: readonly HandedSecret[]): VaultView {
  const entries = new Map(
    handed.map(({ name, version, bytes }) => [name, { value: new SecretValue(bytes), version }] as const),
  );
  return {
    open: (name) => entries.get(name)?.value ?? null,
    version: (name) => entries.get(name)?.version ?? 0,
  };
}
