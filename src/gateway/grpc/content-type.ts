import type { GrpcCall } from '../exchange.ts';

type Wire = GrpcCall['wire'];

/** Longer names first: each begins with those behind it. */
const BASES: readonly (readonly [base: string, wire: Wire])[] = [
  ['application/grpc-web-text', 'web-text'],
  ['application/grpc-web', 'web'],
  ['application/grpc', 'grpc'],
];

/** How messages are spelled under a Content-Type; `null` when it is not one of gRPC. */
export function wireOf(contentType: string | null): Wire | null {
  if (contentType === null) return null;
  if (contentType === 'application/grpc') return 'grpc';
  for (const [base, wire] of BASES) if (isBase(contentType, base)) return wire;
  return null;
}

/** The Content-Type of a gRPC message, as the other wire calls it: the codec behind the `+` stays. */
export function contentTypeFor(wire: Wire, contentType: string | null): string {
  const codec = codecOf(contentType ?? '');
  switch (wire) {
    case 'grpc':
      return `application/grpc${codec}`;
    case 'web':
      return `application/grpc-web${codec || '+proto'}`;
    case 'web-text':
      return `application/grpc-web-text${codec || '+proto'}`;
  }
}

function isBase(contentType: string, base: string): boolean {
  if (contentType.slice(0, base.length).toLowerCase() !== base) return false;
  const next = contentType.charAt(base.length);
  return next === '' || next === '+' || next === ';' || next === ' ';
}

function codecOf(contentType: string): string {
  const plus = contentType.indexOf('+');
  if (plus < 0) return '';
  const end = contentType.indexOf(';', plus);
  return (end < 0 ? contentType.slice(plus) : contentType.slice(plus, end)).trim();
}
