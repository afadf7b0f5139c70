import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateCommand } from '../../src/main/validate.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** What `ostiary validate` says of a file with this text, named `services.yaml`; empty when there are no mistakes. */
export async function mistakesIn(text: string): Promise<string> {
  const file = join(temporaryDirectory(), 'services.yaml');
  writeFileSync(file, text);
  const said: string[] = [];
  const io = { out: () => {}, err: (line: string) => void said.push(line), env: {} };
  await validateCommand.run({ positionals: [file], options: {}, io: io as never });
  return said.join('');
}
