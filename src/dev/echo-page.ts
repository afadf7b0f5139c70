import { type Html, html } from '../web/html.ts';

/** What an echo upstream received, and the form of its JSON answer. */
export interface EchoedRequest {
  /** Name of the upstream that answers. */
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** As UTF-8, cut at 64 KiB. */
  readonly body: string;
  /** Of the whole body. */
  readonly bodyBytes: number;
}

/** Fields by which a gateway may tell its upstream who asks. The demo's Services set them. */
const IDENTITY_HEADERS = { 'x-user': 'User', 'x-user-email': 'E-mail' } as const;

/** A page that shows who asks, as far as the upstream was told, and everything that it received. */
export function echoPage(echoed: EchoedRequest, portalUrl: string | null = null): Html {
  const { service, method, path, query, headers, body, bodyBytes } = echoed;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${service}: what the upstream received</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="kind">Upstream “${service}”</p>
${greeting(headers)}
<h2>Request</h2>
<p class="request"><strong>${method}</strong> ${path}${query === '' ? null : `?${query}`}</p>
${bodyBytes === 0 ? null : html`<h2>Body <small>${bodyBytes} bytes</small></h2><pre>${body}</pre>`}
<h2>Headers</h2>
<table>${Object.entries(headers).map(row)}</table>
<p class="hint">The gateway took your session cookie and token out of this request before it came here.
${portalUrl === null ? null : html`<a href="${portalUrl}">Portal</a> · `}<a href="/.ostiary/sign-out">Sign out</a></p>
</main>
</body>
</html>
`;
}

function greeting(headers: EchoedRequest['headers']): Html {
  const user = headers['x-user'];
  if (typeof user !== 'string' || user === '') {
    return html`<h1>Hello</h1><p>The gateway told this upstream nothing about who you are.</p>`;
  }
  const known = Object.entries(IDENTITY_HEADERS).filter(([name]) => (headers[name] ?? '') !== '');
  return html`<h1>Hello ${user}</h1><p>The gateway told this upstream who you are:</p>
<table>${known.map(([name, title]) => row([title, headers[name] ?? '']))}</table>`;
}

function row([name, value]: readonly [string, string | readonly string[]]): Html {
  const values = typeof value === 'string' ? [value] : value;
  return html`<tr><th scope="row">${name}</th><td>${values.map((one) => html`<div>${one}</div>`)}</td></tr>`;
}

const STYLE = html`
:root { color-scheme: light dark; --ground: #f7f8fa; --ink: #20262d; --soft: #59636e; --line: #d9dee4; --tone: #31508c; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --ink: #e6e9ec; --soft: #a2acb6; --line: #323a43; --tone: #9db9ef; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 52rem; margin: 0 auto; padding: 2.5rem 1.25rem; }
h1 { margin: 0 0 .3rem; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; }
small, .hint, .kind { color: var(--soft); font-weight: 400; }
.kind { margin: 0 0 .8rem; font-weight: 600; color: var(--tone); }
.hint { margin-top: 2rem; }
a { color: var(--tone); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { width: 13rem; font-weight: 400; color: var(--soft); }
td, pre, .request { font: .92rem/1.5 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; }
pre { padding: .8rem; border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; }
@media (max-width: 34rem) { th, td { display: block; padding-right: 0; } th { border: 0; padding-bottom: 0; } td { padding-top: 0; } }
`;
