import type { Command } from '../cli/command.ts';
import { table } from '../cli/table.ts';
import { CATALOG } from '../plugins/catalog.ts';

/** What a Service may list below `http.plugins`. */
export const pluginListCommand: Command = {
  name: 'plugin list',
  usage: '',
  summary: 'List the plugins that Services may use.',
  options: {},
  run: async ({ io }) => {
    io.out(
      table(
        ['PLUGIN', 'WHAT IT DOES'],
        Object.entries(CATALOG).map(([name, { summary }]) => [name, summary]),
      ),
    );
    return 0;
  },
};
