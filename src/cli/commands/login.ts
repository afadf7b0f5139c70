import { AppError } from '../../base/errors.ts';
import { type Command, type Invocation, text } from '../command.ts';
import { AuthHost } from '../login/auth-host.ts';
import { deviceLogin, endLogin, tokenFor } from '../login/device-login.ts';
import { freshLogin } from '../login/fresh-login.ts';
import { readServer } from '../login/server.ts';
import { TokenFile } from '../login/token-file.ts';

const OPTIONS = { server: { type: 'string' } } as const;

export const LOGIN_COMMANDS: readonly Command[] = [
  {
    name: 'login',
    usage: '[--server URL]',
    summary: 'Sign in at a gateway, in a browser anywhere, and keep the token for this machine.',
    options: OPTIONS,
    run: login,
  },
  {
    name: 'logout',
    usage: '[--server URL]',
    summary: 'End the token of login, and forget it.',
    options: OPTIONS,
    run: logout,
  },
  {
    name: 'token',
    usage: 'SERVICE [--server URL] [-o json]',
    summary: 'Print an access token that is good for one Service, made from that of login.',
    options: { ...OPTIONS, output: { type: 'string', short: 'o' } },
    run: token,
  },
];

async function login(invocation: Invocation): Promise<number> {
  const { io } = invocation;
  const file = new TokenFile(io);
  const server = serverOf(invocation, file);
  file.prepare();
  const made = await deviceLogin(new AuthHost(server), ({ page, userCode }) =>
    io.err(`Open ${page}\nand confirm the code ${userCode}.\n`),
  );
  await file.locked(async () => file.put(server, made));
  io.out(`signed in at ${server}\n`);
  return 0;
}

async function logout(invocation: Invocation): Promise<number> {
  const { io } = invocation;
  const file = new TokenFile(io);
  const server = serverOf(invocation, file);
  if (file.get(server) === null) throw new AppError('not-found', `nobody is signed in at ${server}`);
  await file.locked(() => forget(file, server));
  io.out(`signed out of ${server}\n`);
  return 0;
}

/** Even when the gateway does not answer: the tokens end by themselves. */
async function forget(file: TokenFile, server: string): Promise<void> {
  const known = file.get(server);
  file.remove(server);
  if (known !== null) await endLogin(new AuthHost(server), known);
}

async function token(invocation: Invocation): Promise<number> {
  const { io, positionals, options } = invocation;
  const [service] = positionals;
  if (service === undefined) throw new AppError('usage', 'for which Service? Give its name');
  const file = new TokenFile(io);
  const server = serverOf(invocation, file);
  const host = new AuthHost(server);
  const made = await tokenFor(host, await freshLogin(file, host), service);
  io.out(text(options, 'output') === 'json' ? `${JSON.stringify(made)}\n` : `${made.accessToken}\n`);
  return 0;
}

/** As stated, else where the last login was. */
function serverOf({ options, io }: Invocation, file: TokenFile): string {
  const stated = text(options, 'server') ?? io.env.OSTIARY_SERVER ?? file.current;
  if (stated === null) throw new AppError('usage', 'which gateway? Give --server, such as https://example.com');
  return readServer(stated);
}
