import { AppError } from '../../base/errors.ts';
import type { Authenticator } from '../../model/index.ts';
import { ADMIN_OPTIONS, type Command, type Connect, dataDirectory } from '../command.ts';

type State = Authenticator['spec']['state'];

const STATES: readonly State[] = ['ACTIVE', 'PENDING', 'REJECTED'];

export function authenticatorCommand(connect: Connect): Command {
  return {
    name: 'authenticators set',
    usage: 'NAME ACTIVE|PENDING|REJECTED [--data DIR]',
    summary:
      'Decide whether a second factor counts. `get authenticators` shows them, `delete authenticator` removes one.',
    options: ADMIN_OPTIONS,
    run: async (invocation) => {
      const [name, word] = invocation.positionals;
      const state = STATES.find((one) => one === word?.toUpperCase());
      if (name === undefined || state === undefined) {
        throw new AppError('usage', `which authenticator, and which state? The states are: ${STATES.join(', ')}`);
      }
      await connect(dataDirectory(invocation)).setAuthenticatorState(name, state);
      invocation.io.out(`Authenticator/${name} is ${state}\n`);
      return 0;
    },
  };
}
