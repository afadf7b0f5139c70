import type { Command, Connect } from '../cli/command.ts';
import { policyShadowCommand as commandOf, type ShadowLogTool } from '../cli/commands/policy-shadow.ts';
import { readLog } from './policy-replay.ts';

export function policyShadowCommand(connect: Connect): Command {
  return commandOf({ connect, load, readLog });
}

async function load(samples: number): Promise<ShadowLogTool> {
  const { ShadowLog } = await import('./replay/shadow-log.ts');
  return new ShadowLog(samples);
}
