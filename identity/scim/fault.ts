import type { SiteAnswer } from '../site/answer.ts';

/** RFC 7644 3.12, table 9. */
export type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'uniqueness';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const MEDIA_TYPE: readonly [string, string] = ['content-type', 'application/scim+json'];

/** Why a request of a SCIM client cannot be carried out. The message is for the client. */
export class ScimFault extends Error {
  readonly status: number;
  readonly scimType: ScimType | null;

  constructor(status: number, message: string, scimType: ScimType | null = null) {
    super(message);
    this.name = 'ScimFault';
    this.status = status;
    this.scimType = scimType;
  }
}

export function invalid(scimType: ScimType, message: string): ScimFault {
  return new ScimFault(400, message, scimType);
}

export function notFound(): ScimFault {
  return new ScimFault(404, 'there is no such resource');
}

export function notUnique(message: string): ScimFault {
  return new ScimFault(409, message, 'uniqueness');
}

export function readOnly(message: string): ScimFault {
  return new ScimFault(403, message, 'mutability');
}

/** @param value `undefined`: no body */
export function scimAnswer(status: number, value: unknown, location?: string): SiteAnswer {
  const headers = location === undefined ? [MEDIA_TYPE] : [MEDIA_TYPE, ['location', location] as const];
  return { kind: 'json', status, value, headers, detail: null };
}

export function faultAnswer({ status, scimType, message }: ScimFault): SiteAnswer {
  const value = { schemas: [ERROR], status: String(status), ...(scimType && { scimType }), detail: message };
  const challenge = status === 401 ? [['www-authenticate', 'Bearer'] as const] : [];
  return { kind: 'json', status, value, headers: [MEDIA_TYPE, ...challenge], detail: message };
}
