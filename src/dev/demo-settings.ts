/** What the demo needs beside the resources of `deploy/examples/demo`: they name these hosts, Secrets and users. */

export interface DemoAccount {
  /** `sub` at the demo's identity provider. */
  readonly sub: string;
  /** Finds the User. */
  readonly email: string;
  readonly name: string;
  /** For people who choose an account. */
  readonly about: string;
}

export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  {
    sub: 'alice',
    email: 'alice@example.com',
    name: 'Alice Example',
    about: 'groups admins and prod: opens everything',
  },
  { sub: 'bob', email: 'bob@example.com', name: 'Bob Example', about: 'group dev: no admin area' },
  { sub: 'carol', email: 'carol@example.com', name: 'Carol Example', about: 'no groups: is denied most things' },
];

/** The WORKLOAD user of the printed `curl` lines. */
export const DEMO_WORKLOAD = 'robot';

export interface DemoUpstream {
  /** The echo upstream's name in its answers. */
  readonly name: string;
  /** The authority in the Services' upstream URLs, which `--resolve` sends to the echo upstream. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export const DEMO_UPSTREAMS: readonly DemoUpstream[] = [
  { name: 'echo', host: 'echo.internal.example', port: 80, tls: false },
  { name: 'apiv1', host: 'apiv1.example.com', port: 443, tls: true },
  { name: 'apiv2', host: 'apiv2.example.com', port: 443, tls: true },
];

/** Secrets that the Services refer to; the demo fills them with random values. */
export const DEMO_SECRETS: readonly string[] = ['access-token-1', 'access-token-2'];
