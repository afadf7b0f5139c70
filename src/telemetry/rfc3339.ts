let lastMillisecond = Number.NaN;
let lastText = '';

/** Milliseconds since 1970 as RFC 3339 in UTC. Remembers the last one: busy moments share a millisecond. */
export function rfc3339(time: number): string {
  const millisecond = Math.floor(time);
  if (millisecond !== lastMillisecond) {
    lastMillisecond = millisecond;
    lastText = new Date(millisecond).toISOString();
  }
  return lastText;
}
