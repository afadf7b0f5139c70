/** What the path of a call names. */
export interface GrpcMethod {
  readonly package: string;
  readonly service: string;
  readonly serviceFullName: string;
  readonly method: string;
}

/**
 * Reads `/package.Service/Method`, matched as a whole (R58): nothing before, between or behind, and no escapes, so that
 * no two spellings name one method. `null` for everything else, a service without a package included.
 */
export function parseGrpcPath(path: string): GrpcMethod | null {
  const slash = path.indexOf('/', 1);
  if (slash < 0 || path.charCodeAt(0) !== SLASH) return null;
  const dot = path.lastIndexOf('.', slash);
  if (dot < 0 || !isDotted(path, 1, slash) || !isIdentifier(path, slash + 1, path.length)) return null;
  return {
    package: path.slice(1, dot),
    service: path.slice(dot + 1, slash),
    serviceFullName: path.slice(1, slash),
    method: path.slice(slash + 1),
  };
}

const SLASH = 0x2f;
const DOT = 0x2e;

/** Identifiers of Protocol Buffers, separated by dots. */
function isDotted(text: string, from: number, to: number): boolean {
  let begin = from;
  for (let i = from; i < to; i++) {
    if (text.charCodeAt(i) !== DOT) continue;
    if (!isIdentifier(text, begin, i)) return false;
    begin = i + 1;
  }
  return isIdentifier(text, begin, to);
}

function isIdentifier(text: string, from: number, to: number): boolean {
  if (from >= to || isDigit(text.charCodeAt(from))) return false;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (!isLetter(code) && !isDigit(code)) return false;
  }
  return true;
}

/** The underscore counts as one. */
function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code === 0x5f;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
