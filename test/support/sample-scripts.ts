import { join } from 'node:path';
import { ScriptHost } from '../../src/scripts/host.ts';
import { ScriptShelf } from '../../src/scripts/shelf.ts';

const EXAMPLES = join(import.meta.dirname, '../../deploy/examples/plugins');

/** The plugins of the examples, ready to be called. To be closed: it has threads. */
export async function openSampleScripts(): Promise<ScriptHost> {
  const host = new ScriptHost({ isServing: true, warn: () => {} });
  const shelf = new ScriptShelf([EXAMPLES]);
  host.replace(await shelf.look());
  shelf.close();
  return host;
}
