/** From here on, and below the other, a double is written with an exponent. */
const LARGE = 1e6;
const SMALL = 1e-4;

/** A double as `string(x)` gives it: the shortest text that reads back as it, `1.5`, `2`, `1e+06`, `NaN`, `+Inf`. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const size = Math.abs(value);
  if (size >= SMALL && size < LARGE) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
