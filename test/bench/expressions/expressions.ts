/** What every engine evaluates, again and again over one request. */
export const EXPRESSIONS: Readonly<Record<string, string>> = {
  'one method': 'ctx.request.http.path.startsWith("/v1")',
  'ten clauses': [
    'ctx.request.http.method in ["GET", "HEAD", "OPTIONS"]',
    'ctx.request.http.path.startsWith("/v1/")',
    '!ctx.request.http.path.endsWith(".php")',
    'ctx.request.http.host == "api.example.com"',
    'ctx.request.http.headers["x-tenant"] == "acme"',
    'ctx.request.ip != "192.0.2.99"',
    '"dev" in ctx.user.spec.groups',
    'ctx.user.spec.type == "HUMAN"',
    'has(ctx.session.status.isBrowser)',
    'size(ctx.user.spec.groups) < 20',
  ].join(' && '),
  'one macro': 'ctx.request.http.path != "/" && ctx.user.spec.groups.exists(g, g == "dev" || g == "ops")',
};

export const USER = { type: 'HUMAN', groups: ['all', 'berlin', 'dev'] };
export const SESSION_STATUS = { isBrowser: true };
export const HEADERS = { accept: 'application/json', 'x-tenant': 'acme' };
export const HTTP = { method: 'GET', host: 'api.example.com', path: '/v1/users/17' };
export const CLIENT_ADDRESS = '192.0.2.7';

/** The same as a plain object, for engines that take one. */
export const PLAIN_CONTEXT = {
  user: { spec: USER },
  session: { status: SESSION_STATUS },
  request: { ip: CLIENT_ADDRESS, http: { ...HTTP, headers: HEADERS } },
};
