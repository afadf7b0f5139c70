import type { Identification } from '../../../identity/identification.ts';
import { TOKEN_HEADER } from '../../base/own-names.ts';
import type { ClientCertificate, Exchange } from '../../gateway/exchange.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compileRules, type Rule } from './rules.ts';
import type { ClientCertificates } from './schema.ts';

/** Identifies by the certificate that the client showed in the TLS handshake, where it was verified. */
export const plugin: PluginType<ClientCertificates, PluginDeps> = {
  create: ({ rules, letUnlistedCertificatesProveNothing }, deps): Plugin => {
    const compiled = compileRules(rules, deps);
    const unlisted = letUnlistedCertificatesProveNothing === true ? NOT_RESPONSIBLE : unknown(deps);
    return {
      identify: (x) => {
        const certificate = x.request.tls?.clientCertificate ?? null;
        if (certificate === null || x.request.headers.has(TOKEN_HEADER)) return NOT_RESPONSIBLE;
        const rule = compiled.find(({ meets }) => meets(certificate));
        return rule === undefined ? unlisted : recognised(x, rule, certificate, deps);
      },
    };
  },
};

const NOT_RESPONSIBLE: Identification = { kind: 'not-responsible' };

function recognised(x: Exchange, { user }: Rule, certificate: ClientCertificate, deps: PluginDeps): Identification {
  const { subject, issuer, serialNumber, fingerprint } = certificate;
  return deps.recognised(x, { user, entry: fingerprint, claims: { subject, issuer, serialNumber, fingerprint } });
}

function unknown({ place }: PluginDeps): Identification {
  return {
    kind: 'rejected',
    reason: 'credentials-invalid',
    detail: `${place.plugin}: no rule is for this certificate`,
  };
}
