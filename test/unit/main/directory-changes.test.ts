import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { DirectoryChange } from '../../../identity/ports.ts';
import { AppError } from '../../../src/base/errors.ts';
import type { ApplyResult } from '../../../src/control/controller.ts';
import { DirectoryChanges } from '../../../src/main/directory-changes.ts';
import type { Resource } from '../../../src/model/index.ts';

/** Keeps each commit waiting until the test lets it through. */
class FakeController {
  readonly commits: string[][] = [];
  present: Resource[] = [];
  /** Names that are refused, with whatever is put beside them. */
  readonly bad = new Set<string>();
  #release: (() => void) | null = null;

  change = async (
    puts: readonly Resource[],
    deleted: readonly { readonly name: string }[],
    mustHold: (present: readonly Resource[]) => void = () => {},
  ): Promise<ApplyResult> => {
    const names = [...puts.map(({ metadata }) => metadata.name), ...deleted.map(({ name }) => `-${name}`)];
    this.commits.push(names);
    await new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    mustHold(this.present);
    if (names.some((name) => this.bad.has(name))) throw new AppError('refused', 'bad');
    this.present = [...this.present, ...puts];
    return { accepted: true, steps: [], diagnostics: [], generation: 1, planned: null };
  };

  async finish(): Promise<void> {
    for (let quiet = 0; quiet < 5; quiet++) {
      await turn();
      if (this.#release !== null) quiet = 0;
      this.#release?.();
      this.#release = null;
    }
  }
}

function put(name: string, more: object = {}): DirectoryChange {
  const resource = { kind: 'User', metadata: { name }, spec: { type: 'HUMAN' } } as const;
  return { op: 'put', resource, origin: 'scim', ...more };
}

function outer(key: string) {
  return { outer: { key, name: key, externalId: null }, ifVersion: null };
}

function setUp() {
  const controller = new FakeController();
  return { controller, changes: new DirectoryChanges(() => controller) };
}

/** `done`, or the code of the error. */
function outcome(change: Promise<void>): Promise<string> {
  return change.then(
    () => 'done',
    (thrown: AppError) => thrown.code,
  );
}

test('changes that arrive while one is made live go into the next commit together', async () => {
  const { controller, changes } = setUp();
  const all = ['a', 'b', 'c', 'd'].map((name) => outcome(changes.change([put(name)])));
  await controller.finish();
  assert.deepEqual(await Promise.all(all), ['done', 'done', 'done', 'done']);
  assert.deepEqual(controller.commits, [['a'], ['b', 'c', 'd']]);
});

test('changes of the same resource stay in their order, in commits of their own', async () => {
  const { controller, changes } = setUp();
  const remove: DirectoryChange = { op: 'delete', kind: 'User', name: 'b' };
  const all = [[put('a')], [put('b')], [put('c')], [remove], [put('b')]].map((one) => outcome(changes.change(one)));
  await controller.finish();
  await Promise.all(all);
  assert.deepEqual(controller.commits, [['a'], ['b', 'c'], ['-b'], ['b']]);
});

test('one that is refused takes no other with it', async () => {
  const { controller, changes } = setUp();
  controller.bad.add('bad');
  const names = ['first', 'a', 'bad', 'b', 'c'];
  const all = names.map((name) => outcome(changes.change([put(name)])));
  await controller.finish();
  assert.deepEqual(await Promise.all(all), ['done', 'done', 'refused', 'done', 'done']);
  assert.deepEqual(controller.present.map(({ metadata }) => metadata.name).sort(), ['a', 'b', 'c', 'first']);
});

test('two of one outer name: one of them', async () => {
  const { controller, changes } = setUp();
  const all = ['a', 'b', 'c'].map((name) => outcome(changes.change([put(name, outer('same'))])));
  await controller.finish();
  assert.deepEqual(await Promise.all(all), ['done', 'conflict', 'conflict']);
});

test('a change that was made by an older version, or of what is there already, is a conflict', async () => {
  const { controller, changes } = setUp();
  const metadata = { name: 'a', resourceVersion: '2' };
  controller.present = [{ kind: 'User', metadata, spec: { type: 'HUMAN' } }];
  const all = [null, '1', '2'].map((ifVersion) => outcome(changes.change([put('a', { ifVersion })])));
  await controller.finish();
  assert.deepEqual(await Promise.all(all), ['conflict', 'conflict', 'done']);
});

test('whoever waited with the version that has just gone is told without another look', async () => {
  const { controller, changes } = setUp();
  controller.present = [{ kind: 'User', metadata: { name: 'a', resourceVersion: '2' }, spec: { type: 'HUMAN' } }];
  const all = [1, 2, 3].map(() => outcome(changes.change([put('a', { ifVersion: '2' })])));
  await controller.finish();
  assert.deepEqual(await Promise.all(all), ['done', 'conflict', 'conflict']);
  assert.deepEqual(controller.commits, [['a']]);
});

test('no changes are no commit', async () => {
  const { controller, changes } = setUp();
  await changes.change([]);
  assert.deepEqual(controller.commits, []);
});
