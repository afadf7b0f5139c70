import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { AppError, messageOf } from '../base/errors.ts';
import { FileSource } from '../control/sources/files.ts';
import { Certificates } from '../downstream/tls/certificates.ts';
import type { TlsMaterial } from '../downstream/tls/contexts.ts';
import type { TlsSettings } from '../downstream/tls/server.ts';
import { certificateOfText, ServerCertificate } from '../downstream/tls/server-certificate.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import type { TlsInstall } from './install-tls.ts';

interface FromFiles {
  readonly certificates: readonly ServerCertificate[];
  readonly clientCa: string | null;
}

interface FromSecret {
  readonly version: number;
  /** The last one that could be used, `null` when there was none. */
  readonly certificate: ServerCertificate | null;
}

/**
 * The certificates of the listeners, from files and Secrets. Whatever changes is used from the next handshake on; what
 * cannot be used is told, and leaves the one before it in its place.
 */
export class CertificateSource implements TlsSettings {
  readonly clientCertificates: TlsSettings['clientCertificates'];
  readonly #install: TlsInstall;
  readonly #snapshot: () => Snapshot;
  readonly #warn: (message: string) => void;
  readonly #files: FileSource;
  #fromFiles: FromFiles = { certificates: [], clientCa: null };
  #fromSecrets: ReadonlyMap<string, FromSecret> = new Map();
  #generation = -1;
  #material: TlsMaterial = { certificates: new Certificates([]), clientCa: null };

  constructor(install: TlsInstall, snapshot: () => Snapshot, warn: (message: string) => void) {
    this.clientCertificates = install.clientCertificate;
    this.#install = install;
    this.#snapshot = snapshot;
    this.#warn = warn;
    this.#files = new FileSource(filesOf(install));
  }

  /** @throws AppError when a file cannot be read or used. */
  async start(): Promise<void> {
    await this.#readFiles();
    this.#files.watch(
      () => this.#readFiles(),
      (thrown) => this.#keep(thrown),
    );
    if (this.material().certificates.default === null) {
      this.#warn(
        'there is no certificate yet: name a Secret that holds one in ClusterConfig spec.ingress.certificates',
      );
    }
  }

  /** Reads the files again. */
  async reload(): Promise<void> {
    await this.#readFiles().catch((thrown: unknown) => this.#keep(thrown));
  }

  close(): void {
    this.#files.close();
  }

  readonly material = (): TlsMaterial => {
    const snapshot = this.#snapshot();
    if (snapshot.generation !== this.#generation) this.#readSecrets(snapshot);
    return this.#material;
  };

  async #readFiles(): Promise<void> {
    const texts = new Map((await this.#files.read()).map(({ file, text }) => [file, text]));
    const certificates = this.#install.certificates.map(
      ({ cert, key }) => new ServerCertificate(cert, texts.get(cert) ?? '', texts.get(key) ?? ''),
    );
    for (const one of certificates) this.#warnOfExpiry(one);
    const { clientCa: file } = this.#install;
    const clientCa = file === null ? null : checkedAuthorities(file, texts.get(file) ?? '');
    this.#fromFiles = { certificates, clientCa };
    this.#update();
  }

  #readSecrets(snapshot: Snapshot): void {
    this.#generation = snapshot.generation;
    const names = (snapshot.clusterConfig.spec.ingress?.certificates ?? []).map(({ fromSecret }) => fromSecret);
    const read = new Map(names.map((name) => [name, this.#readSecret(name, snapshot)]));
    const isSame =
      read.size === this.#fromSecrets.size && [...read].every(([name, one]) => this.#fromSecrets.get(name) === one);
    this.#fromSecrets = read;
    if (!isSame) this.#update();
  }

  #readSecret(name: string, { secrets }: Snapshot): FromSecret {
    const before = this.#fromSecrets.get(name);
    const version = secrets.version(name);
    if (before?.version === version) return before;
    try {
      const value = secrets.open(name);
      if (value === null) throw new AppError('invalid', `Secret ${name}: there is none that can be used`);
      const certificate = certificateOfText(`Secret ${name}`, value.reveal());
      this.#warnOfExpiry(certificate);
      return { version, certificate };
    } catch (thrown) {
      this.#keep(thrown);
      return { version, certificate: before?.certificate ?? null };
    }
  }

  #update(): void {
    const { certificates, clientCa } = this.#fromFiles;
    const ofSecrets = [...this.#fromSecrets.values()].flatMap(({ certificate }) => certificate ?? []);
    this.#material = { certificates: new Certificates([...certificates, ...ofSecrets]), clientCa };
  }

  #keep(thrown: unknown): void {
    this.#warn(`${messageOf(thrown)}; the certificates stay as they were`);
  }

  #warnOfExpiry({ source, expiresAt }: ServerCertificate): void {
    if (expiresAt.getTime() < Date.now())
      this.#warn(`${source}: the certificate expired on ${expiresAt.toISOString()}`);
  }
}

function filesOf({ certificates, clientCa }: TlsInstall): string[] {
  return [...certificates.flatMap(({ cert, key }) => [cert, key]), ...(clientCa === null ? [] : [clientCa])];
}

/** @throws AppError when a certificate in the file cannot be read, which OpenSSL would pass over without a word. */
function checkedAuthorities(file: string, text: string): string {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new AppError('invalid', `${file}: there is no certificate in PEM form`);
  try {
    for (const block of blocks) new X509Certificate(block);
    createSecureContext({ ca: text });
  } catch (cause) {
    throw new AppError('invalid', `${file}: a certificate cannot be read`, { cause });
  }
  return text;
}
