import { type Static, Type } from 'typebox';
import { AppError } from '../base/errors.ts';

export interface TlsInstall {
  /** Files with certificate chain and key, the default one first; further ones may be Secrets. */
  readonly certificates: readonly CertificateFiles[];
  /** File with the authorities that clients' certificates come from. */
  readonly clientCa: string | null;
  readonly clientCertificate: 'none' | 'optional' | 'required';
}

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** `tls` in the settings file. */
export const TlsSettings = Type.Object(
  {
    cert: Type.Optional(Type.String()),
    key: Type.Optional(Type.String()),
    certificates: Type.Optional(
      Type.Array(Type.Object({ cert: Type.String(), key: Type.String() }, { additionalProperties: false })),
    ),
    clientCa: Type.Optional(Type.String()),
    clientCertificate: Type.Optional(Type.Union([Type.Literal('optional'), Type.Literal('required')])),
  },
  { additionalProperties: false },
);
export type TlsSettings = Static<typeof TlsSettings>;

/** Key by key, so that a flag with a certificate leaves what the file says of clients. */
export function tlsInstall(settings: readonly (TlsSettings | undefined)[]): TlsInstall | null {
  if (settings.every((one) => one === undefined)) return null;
  const { cert, key, certificates = [], clientCa, clientCertificate }: TlsSettings = Object.assign({}, ...settings);
  if ((cert === undefined) !== (key === undefined))
    throw new AppError('usage', 'a certificate and its key go together');
  if (clientCa === undefined && clientCertificate !== undefined) {
    throw new AppError('usage', 'client certificates need clientCa, the authorities that they come from');
  }
  return {
    certificates: cert === undefined || key === undefined ? certificates : [{ cert, key }, ...certificates],
    clientCa: clientCa ?? null,
    clientCertificate: clientCa === undefined ? 'none' : (clientCertificate ?? 'required'),
  };
}

type TlsTexts = { readonly [K in 'cert' | 'key' | 'clientCa' | 'clientCertificate']: string | undefined };

/** From flags or variables; `undefined` when none of them is given. */
export function tlsSettings(texts: TlsTexts): TlsSettings | undefined {
  const given = Object.entries(texts).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  const { clientCertificate: need } = texts;
  if (need === undefined || need === 'optional' || need === 'required') return Object.fromEntries(given);
  throw new AppError('usage', `"${need}" is not optional or required, as client certificates are`);
}
