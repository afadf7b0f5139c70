import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { STYLE } from '../../../src/web/style.ts';

const [light, dark] = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map((block) => colours(block[1]!));

function colours(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!]));
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

const TEXT_ON_GROUND = [
  ['ink', 'ground'],
  ['ink', 'card'],
  ['soft', 'ground'],
  ['soft', 'card'],
  ['brand', 'card'],
  ['on-brand', 'brand'],
  ['on-brand', 'brand-strong'],
  ['denied', 'denied-ground'],
  ['failure', 'failure-ground'],
  ['request', 'request-ground'],
  ['done', 'done-ground'],
] as const;

for (const [scheme, palette] of Object.entries({ light, dark })) {
  describe(`contrast in the ${scheme} scheme`, () => {
    for (const [text, ground] of TEXT_ON_GROUND) {
      test(`${text} on ${ground} is legible (WCAG AA)`, () => {
        const ratio = contrast(palette!.get(text)!, palette!.get(ground)!);
        assert.ok(ratio >= 4.5, `${ratio.toFixed(2)} to 1`);
      });
    }
  });
}
