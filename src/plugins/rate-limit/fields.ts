import type { HeaderList } from '../../base/header-list.ts';
import type { LimitRule, Standing } from '../../gateway/limits/limits.ts';

/** Tells a client how it stands (draft-ietf-httpapi-ratelimit-headers-10, RFC 9110 10.2.3). */
export type Tell = (headers: HeaderList, standing: Standing) => void;

export function compileFields(name: string, rule: LimitRule, windowMs: number): Tell {
  const quoted = quote(name);
  const unit = rule.algorithm === 'concurrency' ? ';qu="concurrent-requests"' : '';
  const window = windowMs === 0 ? '' : `;w=${seconds(windowMs)}`;
  const policy = `${quoted};q=${rule.limit}${unit}${window}`;
  return (headers, { allowed, remaining, resetMs }) => {
    const reset = resetMs === 0 ? '' : `;t=${seconds(resetMs)}`;
    headers.append('ratelimit-policy', policy);
    headers.append('ratelimit', `${quoted};r=${remaining}${reset}`);
    if (!allowed && !headers.has('retry-after')) headers.set('retry-after', String(seconds(resetMs)));
  };
}

/** Rounded up, so that who waits as long as this is not too early. */
function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

/** A String of RFC 9651 3.3.3, which has printable ASCII alone. */
function quote(name: string): string {
  return `"${name.replace(/[^ -~]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}
