import { createHash } from 'node:crypto';
import { type Html, html } from '../../web/html.ts';
import type { InnerAccount } from './configuration.ts';

export interface ProviderPage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TITLE = 'Demo identity provider';

const STYLE = `
:root{color-scheme:light dark;--ground:#eef0f6;--card:#fff;--line:#d5d9e6;--ink:#1f2433;--soft:#5c647a;--hover:#f3f5fc;--accent:#3d4fa3}
@media (prefers-color-scheme:dark){:root{--ground:#14161f;--card:#1e212d;--line:#343a4d;--ink:#e7e9f2;--soft:#a3abc2;--hover:#262a39;--accent:#aab6ff}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:26rem;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:2rem 1.75rem;box-shadow:0 8px 30px rgb(20 24 40/.08)}
.kind{margin:0;color:var(--accent);font-size:.8rem;font-weight:600;letter-spacing:.04em}
h1{margin:.15rem 0 .5rem;font-size:1.4rem;line-height:1.25}
p{margin:0 0 1.25rem;color:var(--soft)}
button{font:inherit;color:inherit;cursor:pointer;border-radius:10px;border:1px solid var(--line);background:transparent}
button:hover{background:var(--hover)}
button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.account{display:block;width:100%;text-align:left;padding:.7rem .9rem;margin-bottom:.6rem}
.account strong,.account span{display:block}
.account span{color:var(--soft);font-size:.875rem}
.cancel{margin-top:.6rem;padding:.45rem .9rem;border-color:transparent;color:var(--soft)}
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** One button an account. `formOrigins` are where the browser is sent afterwards: CSP holds for those redirects too. */
export function accountsPage(accounts: readonly InnerAccount[], formOrigins: readonly string[]): ProviderPage {
  const body = html`<h1>Who do you want to be?</h1>
<p>Choose an account. There are no passwords here: this provider is for trying things out, on this machine only.</p>
<form method="post">
${accounts.map(accountButton)}
<button class="cancel" name="cancel" value="1">Cancel</button>
</form>`;
  return page(body, formOrigins);
}

function accountButton({ sub, name, email, about }: InnerAccount): Html {
  const note = about === undefined ? null : html`<span>${about}</span>`;
  return html`<button class="account" name="account" value="${sub}"><strong>${name}</strong><span>${email}</span>${note}</button>
`;
}

export function problemPage(text: string): ProviderPage {
  return page(html`<h1>This sign-in cannot go on</h1><p>${text}</p>`, []);
}

function page(content: Html, formOrigins: readonly string[]): ProviderPage {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    ["form-action 'self'", ...formOrigins].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  return { headers, body: frame(content) };
}

function frame(content: Html): string {
  const before = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${TITLE}</title><style>${STYLE}</style></head>`;
  return `${before}<body><main><div class="kind">${TITLE}</div>${content}</main></body></html>\n`;
}
