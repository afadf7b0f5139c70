import { isIP } from 'node:net';

type Fits = (value: unknown) => boolean;

/** Of what is longer, none of them is. */
const LONGEST = 4096;

/** Those that are checked (JSON Schema Validation 7.3, OpenAPI 3.1 4.4). Values of other types fit. */
export const FORMATS: Readonly<Record<string, Fits>> = {
  date: text(isDate),
  time: text(isTime),
  'date-time': text((value) => /^.{10}[Tt]/.test(value) && isDate(value.slice(0, 10)) && isTime(value.slice(11))),
  email: text(
    (value) => /^[^\s@"(),:;<>[\]\\]{1,64}@(.*)$/.test(value) && isHostname(value.slice(value.indexOf('@') + 1)),
  ),
  hostname: text(isHostname),
  ipv4: text((value) => isIP(value) === 4),
  ipv6: text((value) => isIP(value) === 6 && !value.includes('%')),
  uri: text((value) => /^[a-z][a-z0-9+.-]*:[!#-;=?-Z_a-z~[\]]*$/i.test(value) && URL.canParse(value)),
  uuid: text((value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)),
  byte: text((value) => value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)),
  password: () => true,
  int32: number((value) => (value | 0) === value),
  int64: number((value) => Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63),
  float: number(Number.isFinite),
  double: number(Number.isFinite),
};

function text(fits: (value: string) => boolean): Fits {
  return (value) => typeof value !== 'string' || (value.length <= LONGEST && fits(value));
}

function number(fits: (value: number) => boolean): Fits {
  return (value) => typeof value !== 'number' || fits(value);
}

/** RFC 3339, 5.6. */
function isDate(value: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) ?? [];
  if (day === undefined) return false;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

function isTime(value: string): boolean {
  return TIME.test(value);
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

function isHostname(value: string): boolean {
  return value.length <= 253 && value.split('.').every((label) => LABEL.test(label));
}
