import type { DemoAccount } from './demo-settings.ts';

export interface BannerFacts {
  /** The usual port when it could not be had, and the one in its place. */
  readonly takenPort: { readonly taken: number; readonly instead: number } | null;
  readonly portalUrl: string;
  /** `null` when there is no admin listener. */
  readonly adminUrl: string | null;
  /** The origin of a Service, such as `http://echo.localhost:8080`. */
  readonly urlOf: (service: string) => string;
  /** Of the user's own application, `null` without one. */
  readonly appUrl: string | null;
  readonly accounts: readonly DemoAccount[];
  readonly workload: string;
  /** Of the workload; made for this run and printed on purpose, so that the lines below can be copied. */
  readonly accessToken: string;
  readonly dataDirectory: string;
  readonly accessLog: string;
}

/** What the console shows once the demo is up. */
export function banner(facts: BannerFacts): string {
  const { takenPort, portalUrl, adminUrl, appUrl, accounts, workload, accessToken, dataDirectory, accessLog } = facts;
  return `
The Ostiary demo is running, on this machine only: its users sign in without a password.
${takenPort === null ? '' : `${takenPort.taken} is taken, so this demo is on ${takenPort.instead}.\n`}
  Portal        ${portalUrl}
${appUrl === null ? '' : `  Your app      ${appUrl}\n`}${adminUrl === null ? '' : `  Metrics       ${adminUrl}\n`}  Access log    ${accessLog}
  State         ${dataDirectory}

Open the portal and sign in as one of
${accounts.map(({ sub, about }) => `  ${sub.padEnd(13)} ${about}`).join('\n')}
Then open "Echo" to see what an upstream learns of you, and "Admin area" as bob to be denied.

In another terminal, as the workload ${workload}:

  TOKEN=${accessToken}

${attempts(facts.urlOf).map(attempt).join('\n\n')}
${appUrl === null ? OWN_APP : ''}
Commands against this demo need its directory: bin/ostiary get user --data ${dataDirectory}
Stop with Ctrl-C.
`;
}

const OWN_APP = `
Your own application behind this sign-in: stop, then npm start -- --upstream http://127.0.0.1:3000
`;

interface Attempt {
  readonly title: string;
  readonly command: string;
}

const BEARER = '-H "Authorization: Bearer $TOKEN"';

function attempts(urlOf: (service: string) => string): Attempt[] {
  return [
    { title: 'An anonymous API: no token, and routing by path', command: `curl ${urlOf('public-api')}/v1/hello` },
    { title: 'Routing by path: /v1 reaches apiv1', command: `curl ${BEARER} ${urlOf('api-by-path')}/v1/hello` },
    { title: '... and /v2 reaches apiv2', command: `curl ${BEARER} ${urlOf('api-by-path')}/v2/hello` },
    {
      title: 'Routing by group: the workload is in prod, so it reaches apiv1',
      command: `curl ${BEARER} ${urlOf('api-by-group')}/v1/hello`,
    },
    {
      title: 'Credential injection: the upstream gets an Authorization that you never see; yours stays here',
      command: `curl ${BEARER} ${urlOf('api-with-credentials')}/v1/hello`,
    },
    { title: 'Not signed in: 401', command: `curl -i ${urlOf('api-by-path')}/v1/hello` },
    { title: 'Denied, no policy allows it: 403', command: `curl -i ${BEARER} ${urlOf('admin-area')}/` },
    {
      title: 'Denied by a policy, because only admins delete: 403',
      command: `curl -i -X DELETE ${BEARER} ${urlOf('api-by-path')}/v1/hello`,
    },
  ];
}

function attempt({ title, command }: Attempt): string {
  return `  # ${title}\n  ${command}`;
}
