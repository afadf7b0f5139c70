import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tar } from '../unit/policies/rego/archive.ts';
import { wasmOf } from '../unit/policies/rego/fixtures.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const TREE = {
  package: {
    path: [{ type: 'var', value: 'data' }, ...['octelium', 'condition'].map((value) => ({ type: 'string', value }))],
  },
  rules: [{ head: { name: 'match' } }],
};

/** A program that behaves as `opa` and compiles nothing: each run of `parse` waits until it is let through. */
export class FakeOpa {
  readonly program: string;
  readonly #folder = temporaryDirectory();

  constructor(module = 'number') {
    const folder = this.#folder;
    this.program = join(folder, 'opa');
    writeFileSync(join(folder, 'tree.json'), JSON.stringify(TREE));
    writeFileSync(join(folder, 'bundle'), gzipSync(tar({ name: '/policy.wasm', bytes: wasmOf(module) })));
    const script = `#!/bin/sh
echo "begin $1 $$" >> ${folder}/log
case "$1" in
  version) echo "Version: 1.0.0";;
  parse) while [ ! -e ${folder}/open ]; do sleep 0.02; done; cat ${folder}/tree.json;;
  build) cp ${folder}/bundle bundle.tar.gz;;
esac
echo "end $1 $$" >> ${folder}/log
`;
    writeFileSync(this.program, script);
    chmodSync(this.program, 0o700);
  }

  /** From now on every run ends. */
  letThrough(): void {
    writeFileSync(join(this.#folder, 'open'), '');
  }

  /** `begin parse 123`, `end parse 123`. */
  get log(): readonly string[] {
    const path = join(this.#folder, 'log');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }
}
