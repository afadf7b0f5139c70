import type { Coding } from './codings.ts';

/** RFC 9110 12.5.3: the coding that the client likes best, of equal ones the first offered; `null`: none of them. */
export function acceptedCoding(fields: readonly string[], offered: readonly Coding[]): Coding | null {
  if (fields.length === 0) return null;
  const weights = weightsOf(fields.join(','));
  let best: Coding | null = null;
  let most = 0;
  for (const coding of offered) {
    const weight = weights.get(coding) ?? weights.get('*') ?? 0;
    if (weight > most) [best, most] = [coding, weight];
  }
  return best;
}

/** Of a coding that is listed twice, the lower one. */
function weightsOf(text: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const member of text.split(',')) {
    const [name = '', ...parameters] = member.split(';').map((part) => part.trim().toLowerCase());
    const coding = name === 'x-gzip' ? 'gzip' : name;
    weights.set(coding, Math.min(weightOf(parameters), weights.get(coding) ?? 1));
  }
  return weights;
}

/** RFC 9110 12.4.2; what cannot be read is no wish. */
function weightOf(parameters: readonly string[]): number {
  const stated = parameters.find((parameter) => parameter.startsWith('q='));
  if (stated === undefined) return 1;
  return /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(stated) ? Number(stated.slice(2)) : 0;
}
