import fc from 'fast-check';
import { weighted } from './tools.ts';

/** What one client sends on one connection: bytes, one character each, in the pieces in which they are written. */
export type Pieces = readonly string[];

/** Changes one place of a message; the place is a part of its length. */
type Mutation = (text: string, at: number) => string;

const insert =
  (piece: string): Mutation =>
  (text, at) =>
    text.slice(0, at) + piece + text.slice(at);
const MUTATIONS: readonly Mutation[] = [
  ...['\r', '\n', '\r\n', '\x00', ' ', '\t', '_', '%', ':', '0', '\x80', '/', ','].map(insert),
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at) => text.slice(0, at) + flipped(text.charAt(at)) + text.slice(at + 1),
  (text, at) => duplicateLine(text, at),
  (text, at) => text.slice(0, at),
];

function flipped(character: string): string {
  const lower = character.toLowerCase();
  return character === lower ? character.toUpperCase() : lower;
}

function duplicateLine(text: string, at: number): string {
  const begin = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at) + 1;
  return end === 0 ? text : text.slice(0, end) + text.slice(begin, end) + text.slice(end);
}

export const mutations = weighted(
  [3, fc.constant<readonly (readonly [number, number])[]>([])],
  [1, fc.array(fc.tuple(fc.nat(MUTATIONS.length - 1), fc.nat(9999)), { minLength: 1, maxLength: 3 })],
);

export function mutated(text: string, changes: readonly (readonly [number, number])[]): string {
  return changes.reduce(
    (now, [which, place]) => MUTATIONS[which]!(now, Math.floor((now.length * place) / 10_000)),
    text,
  );
}

export const cuts = fc.array(fc.nat(9999), { maxLength: 4 });

export function cut(text: string, places: readonly number[]): Pieces {
  const ends = [...new Set(places.map((place) => Math.floor((text.length * place) / 10_000)))].sort((a, b) => a - b);
  return [...ends, text.length].map((end, i) => text.slice(ends[i - 1] ?? 0, end)).filter((piece) => piece !== '');
}

/** Where a message stops, as a part of 10,000 of its length. */
export const stops = weighted([8, fc.constant(10_000)], [1, fc.nat(9_999)]);

export function stopped(text: string, at: number): string {
  return text.slice(0, Math.floor((text.length * at) / 10_000));
}
