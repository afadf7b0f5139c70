import fc from 'fast-check';
import { field, host } from './fields.ts';
import { framed } from './framings.ts';
import { cut, cuts, mutated, mutations, type Pieces, stopped, stops } from './mutations.ts';
import { method, target, version } from './start-lines.ts';
import { of, weighted } from './tools.ts';

export const lineEnd = weighted([80, fc.constant('\r\n')], [1, of('\n', '\r', '\r\r\n')]);
const before = weighted([60, fc.constant('')], [1, of('\r\n', '\r\n\r\n', '\n', ' ', '\r')]);

const request = fc
  .record({ before, method, target, version, host, fields: fc.array(field, { maxLength: 4 }), framed, lineEnd })
  .map(({ before, method, target, version, host, fields, framed, lineEnd }) => {
    const lines = [`${method} ${target} ${version}`, ...host, ...fields, ...framed.lines, '', ''];
    return before + lines.join(lineEnd) + framed.body;
  });

/** One client: some requests behind one another, changed here and there, in pieces. */
export const clients: fc.Arbitrary<Pieces> = fc
  .tuple(fc.array(fc.tuple(request, mutations), { minLength: 1, maxLength: 3 }), stops, cuts)
  .map(([requests, stop, places]) => {
    const text = requests.map(([one, changes]) => mutated(one, changes)).join('');
    return cut(stopped(text, stop), places);
  });
