import type { HeaderList } from './header-list.ts';

/** All that may be said of the character set of a text that is UTF-8. */
const UTF8 = /;\s*charset\s*=\s*(?:utf-?8|"utf-?8")\s*(?=;|$)/gi;

/**
 * Why whoever gets a body may read another text in its bytes than UTF-8 (RFC 9110 8.3.2, 8.4.1); `null` when nothing
 * says so. In UTF-7, which common parsers know, `+ACI-` is a quote: what is one string here would be several there.
 */
export function otherText(headers: HeaderList): string | null {
  const isPlain = headers.all('content-encoding').every((value) => value.trim().toLowerCase() === 'identity');
  if (!isPlain) return 'the body is encoded';
  const types = headers.all('content-type').map((value) => value.replace(UTF8, ''));
  return types.some((value) => /charset/i.test(value)) ? 'the body is not UTF-8' : null;
}
