import { newAccessToken } from '../../../identity/tokens/access-token-format.ts';
import type { IdentityLayer } from '../../../src/main/identity.ts';
import { dpopAsker } from './dpop.ts';
import { type Ask, AskedKernel, HOST } from './kernel.ts';
import { layerOver, ROBOT, signInAll } from './layer.ts';
import { openStore, people } from './store.ts';
import { issuedTokenAsker } from './third-party.ts';

export interface Asker {
  readonly name: string;
  /** Before each batch, what is not to be measured. */
  readonly prepare?: () => Promise<void>;
  /** Sends some requests; gives how many. */
  readonly batch: () => Promise<number> | number;
}

const BATCH = 500;

/** Requests of the same Service by nobody, and by everybody who may show who they are in one way or another. */
export async function askers(directory: string, sessions: number): Promise<Asker[]> {
  const users = people(sessions);
  const [layer, known] = layerOver(openStore(directory), users);
  const kernel = new AskedKernel(layer, known);
  const [open, asked] = [kernel.asker(true), kernel.asker(false)];
  const cookies = (await signInAll(layer, users, HOST)).map((handle) => [
    'cookie',
    `theme=dark; __Host-ostiary-session=${handle}`,
  ]);
  const bearer = [['authorization', `Bearer ${await tokenOf(layer)}`]];
  return [
    inTurn('anonymous', open, [['cookie', 'theme=dark']]),
    inTurn('cookie', asked, cookies),
    inTurn('bearer', asked, bearer),
    inTurn('JWT of another issuer', ...(await issuedTokenAsker(kernel))),
    await dpopAsker(layer, asked),
  ];
}

function inTurn(name: string, ask: Ask, fields: readonly (readonly string[])[]): Asker {
  let next = 0;
  const one = () => ask(fields[next++ % fields.length]!);
  return {
    name,
    batch: () => {
      const first = one();
      return first instanceof Promise ? inTurnLater(first, one) : many(one);
    },
  };
}

function many(one: () => void | Promise<void>): number {
  for (let i = 1; i < BATCH; i++) void one();
  return BATCH;
}

async function inTurnLater(first: Promise<void>, one: () => void | Promise<void>): Promise<number> {
  await first;
  for (let i = 1; i < BATCH; i++) await one();
  return BATCH;
}

async function tokenOf({ sessions }: IdentityLayer): Promise<string> {
  const by = { type: 'CREDENTIAL' } as const;
  const session = await sessions.createForToken(
    { user: ROBOT, by, credential: null, origin: null },
    Date.now() + 3_600_000,
  );
  const token = newAccessToken();
  await sessions.addTokenHandle(session, 'access-token', token);
  return token;
}
