import { type Colour, contrast, hex, mix, parseHex } from './colour.ts';

const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];
/** The grounds of the two schemes in `style.ts` that text in this colour has the least contrast to. */
const LIGHT_GROUND = parseHex('f5f4f1');
const DARK_GROUND = parseHex('1e2427');
/** WCAG 2.2, 1.4.3. */
const ENOUGH = 4.5;
const STEPS = 40;

/** The stylesheet that gives our pages another accent. @param colour six hexadecimal digits */
export function accentStyle(colour: string): string {
  const accent = parseHex(colour);
  return `${rule(readable(accent, LIGHT_GROUND, BLACK), BLACK)}
@media (prefers-color-scheme: dark) { ${rule(readable(accent, DARK_GROUND, WHITE), WHITE)} }
`;
}

/** As near to the colour as text on that ground can be. */
function readable(colour: Colour, ground: Colour, towards: Colour): Colour {
  for (let i = 0; i < STEPS; i++) {
    const candidate = mix(colour, towards, i / STEPS);
    if (contrast(candidate, ground) >= ENOUGH) return candidate;
  }
  return towards;
}

function rule(brand: Colour, stronger: Colour): string {
  const onBrand = contrast(brand, WHITE) >= contrast(brand, BLACK) ? WHITE : BLACK;
  const strong = mix(brand, stronger, 0.2);
  return `:root { --brand: ${hex(brand)}; --brand-strong: ${hex(strong)}; --on-brand: ${hex(onBrand)}; }`;
}
