import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, fileProblem } from '../../base/errors.ts';
import { type Command, text } from '../command.ts';
import { pluginTemplate } from '../plugin-template.ts';

/** As names of resources. */
const NAME = /^[a-z](?!.*--)[a-z0-9-]{0,38}[a-z0-9]$/;

/** A directory with a plugin of one's own that works, to begin with. */
export const pluginNewCommand: Command = {
  name: 'plugin new',
  usage: 'NAME [--directory DIR]',
  summary: 'Make a directory with a script plugin to begin with: manifest, code, a test.',
  options: { directory: { type: 'string' } },
  run: async ({ positionals: [name, another], options, io }) => {
    if (name === undefined || another !== undefined) throw new AppError('usage', 'what should the plugin be called?');
    if (!NAME.test(name)) throw new AppError('usage', `"${name}" is not a name such as tenant-header`);
    const parent = text(options, 'directory') ?? '.';
    const directory = join(parent, name);
    write(directory, name);
    io.out(`${directory} has been made. Test it:  ${process.execPath} --test ${join(directory, 'plugin.test.ts')}\n`);
    io.out(
      `A gateway that is started with --plugins ${parent} has it for Services that list  script: { name: ${name} }\n`,
    );
    return 0;
  },
};

function write(directory: string, name: string): void {
  try {
    mkdirSync(join(directory, '..'), { recursive: true });
    mkdirSync(directory);
    for (const [file, content] of pluginTemplate(name)) writeFileSync(join(directory, file), content, { flag: 'wx' });
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (isThere) throw new AppError('conflict', `${directory} is there already`, { cause });
    throw new AppError('unavailable', `${directory} cannot be made: ${fileProblem(cause)}`, { cause });
  }
}
