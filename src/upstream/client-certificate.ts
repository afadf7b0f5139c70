import type { SecureContext } from 'node:tls';
import type { SecretValue } from '../base/secret-value.ts';
import { type Refusal, refuse } from '../gateway/outcome.ts';
import type { SecretView } from '../gateway/snapshot.ts';
import type { UpstreamTlsSpec } from './spec.ts';
import { type ClientIdentity, secureContextOf } from './trust.ts';

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN (?:(?:RSA|EC) )?PRIVATE KEY-----[^-]+-----END (?:(?:RSA|EC) )?PRIVATE KEY-----/;

/** The TLS settings of one upstream as connections need them: made once, and again when the Secret is another one. */
export class TlsIdentity {
  readonly #tls: UpstreamTlsSpec;
  readonly #extraCas: readonly string[];
  #context: SecureContext | null = null;
  /** Of the Secret that `#context` was made with; 0 when it was made without one. */
  #version = 0;
  #refusal: Refusal | null = null;

  constructor(tls: UpstreamTlsSpec, extraCas: readonly string[]) {
    this.#tls = tls;
    this.#extraCas = extraCas;
  }

  /** Whether connections can be made: a client certificate has been seen, or none is asked for. */
  get isReady(): boolean {
    return this.#tls.clientCertificate === undefined || this.#context !== null;
  }

  secureContext(): SecureContext {
    this.#context ??= secureContextOf(this.#tls, this.#extraCas);
    return this.#context;
  }

  /**
   * Looks at the Secret. `changed`: connections that stand show a certificate that is not ours any more. A request of
   * an older configuration goes by the newer certificate; only one that knows of none at all is refused.
   */
  renew(secrets: SecretView): 'same' | 'changed' | Refusal {
    const name = this.#tls.clientCertificate;
    if (name === undefined) return 'same';
    const version = secrets.version(name);
    if (version === 0) return unavailable(name, 'is missing or cannot be opened');
    if (version <= this.#version) return this.#refusal ?? 'same';
    const isFirst = this.#context === null;
    this.#version = version;
    this.#refusal = this.#take(name, secrets.open(name));
    return this.#refusal ?? (isFirst ? 'same' : 'changed');
  }

  #take(name: string, value: SecretValue | null): Refusal | null {
    const identity = value === null ? null : identityOf(value);
    if (identity === null) return unavailable(name, 'is not a PEM certificate with its private key');
    try {
      this.#context = secureContextOf(this.#tls, this.#extraCas, identity);
      return null;
    } catch {
      // What OpenSSL says of a key is of no use to a reader of the log.
      return unavailable(name, 'holds a certificate or key that cannot be used, or that do not belong together');
    }
  }
}

function identityOf(value: SecretValue): ClientIdentity | null {
  const text = value.reveal();
  const certificates = text.match(CERTIFICATES);
  const key = PRIVATE_KEY.exec(text);
  return certificates === null || key === null ? null : { cert: certificates.join('\n'), key: key[0] };
}

/** Names the Secret and never quotes it. */
function unavailable(name: string, because: string): Refusal {
  return refuse('credential-unavailable', `the Secret "${name}" ${because}`);
}
