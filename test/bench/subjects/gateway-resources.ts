export interface ResourceFacts {
  readonly upstreamPort: number;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the gateway injects. */
  readonly upstreamToken: string;
}

/** What is asked at `plain`, at `known` by people alone, and at `full` and `told`, and by whom: ten rules of which the last one decides, two configs, a credential. */
export function resources({ upstreamPort, issuer, clientId, clientSecret, upstreamToken }: ResourceFacts): string {
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  return `kind: Service
metadata: {name: plain}
spec:
  mode: HTTP
  isPublic: true
  isAnonymous: true
  config: {upstream: {url: "${upstream}"}}
---
kind: Service
metadata: {name: known}
spec:
  mode: HTTP
  isPublic: true
  authorization: {inlinePolicies: [{name: all, spec: {rules: [{effect: ALLOW, condition: {matchAny: true}}]}}]}
  config: {upstream: {url: "${upstream}"}}
---
${asked('full', upstream, '')}---
${asked('told', upstream, ASSERTION)}---
kind: Policy
metadata: {name: ten-rules}
spec:
  rules:
    - {effect: DENY, condition: {match: 'ctx.request.http.path.startsWith("/internal/")'}}
    - {effect: DENY, condition: {match: 'ctx.request.http.method == "DELETE" && !("admins" in ctx.user.spec.groups)'}}
    - {effect: DENY, condition: {match: '"suspended" in ctx.user.spec.groups'}}
    - {effect: DENY, condition: {match: 'ctx.request.ip == "192.0.2.1"'}}
    - {effect: ALLOW, condition: {match: '"admins" in ctx.user.spec.groups'}}
    - {effect: ALLOW, condition: {match: 'ctx.user.metadata.name == "root"'}}
    - {effect: ALLOW, condition: {match: 'ctx.request.http.path.startsWith("/status") && ctx.request.http.method == "GET"'}}
    - effect: ALLOW
      condition:
        all:
          of:
            - {match: '"dev" in ctx.user.spec.groups'}
            - {match: 'ctx.request.http.path.startsWith("/v2/")'}
    - {effect: ALLOW, condition: {match: 'ctx.request.http.host == "other.example.com"'}}
    - {effect: ALLOW, condition: {match: '"prod" in ctx.user.spec.groups && ctx.request.http.path.startsWith("/v1/")'}}
---
kind: Group
metadata: {name: prod}
spec: {}
---
kind: User
metadata: {name: alice}
spec: {type: HUMAN, email: alice@example.com, groups: [prod]}
---
kind: User
metadata: {name: robot}
spec: {type: WORKLOAD, groups: [prod]}
---
kind: Secret
metadata: {name: upstream-token}
data: {value: "${upstreamToken}"}
---
kind: Secret
metadata: {name: provider-client}
data: {value: "${clientSecret}"}
---
kind: IdentityProvider
metadata: {name: bench}
spec:
  oidc:
    issuerURL: "${issuer}"
    clientID: ${clientId}
    clientSecret: {fromSecret: provider-client}
`;
}

const ASSERTION = `          identityAssertion: {headers: {user: X-Webauth-User, groups: X-Webauth-Groups}}
`;

/** @param more what the config of `/v1/` does to requests beside */
function asked(name: string, upstream: string, more: string): string {
  return `kind: Service
metadata: {name: ${name}}
spec:
  mode: HTTP
  isPublic: true
  authorization: {policies: [ten-rules]}
  dynamicConfig:
    configs:
      - {name: v2, upstream: {url: "${upstream}"}, http: {path: {removePrefix: /v2}}}
      - name: v1
        upstream: {url: "${upstream}"}
        http:
          path: {removePrefix: /v1}
          auth: {bearer: {fromSecret: upstream-token}}
${more}    rules:
      - {condition: {match: 'ctx.request.http.path.startsWith("/v2/")'}, configName: v2}
      - {condition: {match: 'ctx.request.http.path.startsWith("/v1/")'}, configName: v1}
`;
}
