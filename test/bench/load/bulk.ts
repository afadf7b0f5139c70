import { join } from 'node:path';
import { outputOf } from '../processes.ts';

export interface BulkOrder {
  readonly port: number;
  readonly host: string;
  /** Down: from the upstream to the client. */
  readonly direction: 'down' | 'up';
  /** Of one body. */
  readonly bytes: number;
  readonly connections: number;
  readonly seconds: number;
}

export interface BulkResult {
  readonly bytes: number;
  readonly seconds: number;
}

export async function moveBodies(order: BulkOrder): Promise<BulkResult> {
  const script = join(import.meta.dirname, 'bulk-process.ts');
  return JSON.parse(await outputOf(process.execPath, [script, JSON.stringify(order)])) as BulkResult;
}
