import { Duration, FromSecret, formatted } from '../../model/scalars.ts';
import { field, list } from '../../model/schema.ts';

export const headerNames = list(formatted('header-name', 256), 64);

/** The fields of every plugin that asks an authorization service. */
export const SERVICE_FIELDS = {
  timeout: field(Duration, 'How long an answer may take; 2s when left out, 30s at most.'),
  trustedCAs: field(list(formatted('pem', 65_536), 32), 'PEM certificates; they replace the system roots.'),
  clientCertificate: field(FromSecret, 'A Secret that holds our certificate, with its chain, and its key, all PEM.'),
};
