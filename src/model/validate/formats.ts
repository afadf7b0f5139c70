import { X509Certificate } from 'node:crypto';
import { parseCidr } from '../../base/cidr.ts';
import { NAME_RULE, NAME_RULE_IN_WORDS } from '../scalars.ts';
import type { FormatName } from '../schema.ts';
import { isScope } from '../scope.ts';
import { attrsFormat } from './formats/attrs.ts';
import type { Format } from './formats/finding.ts';
import { headerNameFormat, headerValueFormat, identityHeaderFormat } from './formats/headers.ts';
import { hostFormat } from './formats/host.ts';
import { logoFormat } from './formats/logo.ts';
import { matchPathFormat, regexFormat, rewritePathFormat, templateFormat } from './formats/paths.ts';
import { httpUrlFormat, issuerUrlFormat, originFormat, secureUrlFormat, upstreamUrlFormat } from './formats/urls.ts';

export const TEXT_FORMATS: Readonly<Record<Exclude<FormatName, 'attrs'>, Format<string>>> = {
  base64: (text) => (isBase64(text) ? null : { message: 'this is not base64' }),
  cidr: (text) => (parseCidr(text) === null ? { message: `"${text}" is not an address or a CIDR block` } : null),
  'header-name': headerNameFormat,
  'header-value': headerValueFormat,
  host: hostFormat,
  'http-url': httpUrlFormat,
  'identity-header': identityHeaderFormat,
  'issuer-url': issuerUrlFormat,
  logo: logoFormat,
  'match-path': matchPathFormat,
  name: (text) => (NAME_RULE.test(text) ? null : { message: `expected ${NAME_RULE_IN_WORDS}` }),
  origin: originFormat,
  pem: (text) => (isCertificate(text) ? null : { message: 'this is not a PEM certificate' }),
  regex: regexFormat,
  'rewrite-path': rewritePathFormat,
  scope: (text) => (isScope(text) ? null : { message: `"${text}" is not a scope`, suggestion: SCOPE_FORMS }),
  'secure-url': secureUrlFormat,
  template: templateFormat,
  'upstream-url': upstreamUrlFormat,
};

export const MAP_FORMATS: Readonly<Record<'attrs', Format<Record<string, unknown>>>> = { attrs: attrsFormat };

const SCOPE_FORMS = 'such as "service:*", "service:api", "service:api.prod", "service:prod/*" or "scim:*"';

function isBase64(text: string): boolean {
  const compact = text.replace(/\s/g, '');
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(compact);
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false; // the reason is in OpenSSL's words and helps nobody
  }
}
