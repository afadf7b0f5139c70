import { ADMIN_OPTIONS, type Command, type Connect, dataDirectory } from '../command.ts';

export function keysCommand(connect: Connect): Command {
  return {
    name: 'keys rotate',
    usage: '[--data DIR]',
    summary: 'Make a new key for stored secrets and seal them again with it, and new signing keys; nothing restarts.',
    options: ADMIN_OPTIONS,
    run: async (invocation) => {
      const { keyId, resealed, signsFrom } = await connect(dataDirectory(invocation)).rotateKeys();
      invocation.io.out(`key ${keyId} is current; ${resealed} secrets are sealed with it\n`);
      invocation.io.out(`new signing keys are published and sign from ${signsFrom} on\n`);
      return 0;
    },
  };
}
