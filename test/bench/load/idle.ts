import { join } from 'node:path';
import { startCompanion } from '../processes.ts';

export interface IdleOrder {
  readonly port: number;
  readonly host: string;
  readonly kind: 'http' | 'tls' | 'tunnel';
}

/** Connections that stay open and do nothing. */
export interface IdleClients {
  /** Opens so many more; gives how many are open now. */
  open(more: number): Promise<number>;
}

export function startIdleClients(stack: AsyncDisposableStack, order: IdleOrder): IdleClients {
  const companion = startCompanion(stack, join(import.meta.dirname, 'idle-process.ts'), order);
  return { open: async (more) => ((await companion.ask(String(more))) as { open: number }).open };
}
