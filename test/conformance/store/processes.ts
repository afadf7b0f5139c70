import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../../src/store/store.ts';
import { type OpenStore, type StoreUnderTest, withStore } from './harness.ts';

const ENDLESS = 1_000_000;
const ROUNDS = 5;

interface Acknowledged {
  readonly generation: number;
  readonly name: string;
}

export function processConformance(open: OpenStore): void {
  it('shows the commits of one connection to another', () =>
    withStore(open, async ({ store, connect }) => {
      const other = await connect();
      assert.equal(await store.resources.commit([]), 1);
      assert.equal(await other.resources.generation(), 1);
      assert.equal(await other.resources.commit([], 1), 2);
      await assert.rejects(async () => store.resources.commit([], 1), { code: 'conflict' });
      await other.close();
    }));

  it('loses no commit of processes that write at the same time', () =>
    withStore(open, async (subject) => {
      const outputs = await Promise.all(['a', 'b', 'c'].map((prefix) => runToEnd(subject, prefix, 30)));
      const generations = outputs.flat().map(({ generation }) => generation);
      assert.deepEqual(
        generations.sort((x, y) => x - y),
        Array.from({ length: 90 }, (_, n) => n + 1),
      );
      assert.equal(await subject.store.resources.generation(), 90);
      await assertPresent(subject.store, outputs.flat());
    }));

  it('loses nothing that was acknowledged, and keeps no half commit, when the process is killed', () =>
    withStore(open, async (subject) => {
      const acknowledged: Acknowledged[] = [];
      for (let round = 1; round <= ROUNDS; round++) {
        acknowledged.push(...(await runAndKill(subject, `round${round}`, round * 7)));
        await subject.verify();
        await assertSurvived(subject, acknowledged);
      }
    }));
}

async function assertSurvived({ connect }: StoreUnderTest, acknowledged: readonly Acknowledged[]): Promise<void> {
  const reopened = await connect();
  assert.ok((await reopened.resources.generation()) >= (acknowledged.at(-1)?.generation ?? Number.NaN));
  await assertPresent(reopened, acknowledged);
  await assertWhole(reopened);
  await reopened.close();
}

async function assertPresent(store: Store, acknowledged: readonly Acknowledged[]): Promise<void> {
  for (const { generation, name } of acknowledged) {
    const found = await store.resources.get('Group', name);
    assert.equal(found?.metadata.resourceVersion, String(generation), `${name} of generation ${generation}`);
  }
}

/** Each commit of the child puts a Group, a Secret and a sealed value of one name. */
async function assertWhole(store: Store): Promise<void> {
  const resources = await store.resources.list();
  const names = (kind: string) => resources.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
  assert.deepEqual(names('Secret'), names('Group'));
  assert.deepEqual(
    (await store.secrets.list()).map(({ name }) => name),
    names('Group'),
  );
  assert.equal(names('Group').length, await store.resources.generation());
}

async function runToEnd(subject: StoreUnderTest, prefix: string, count: number): Promise<Acknowledged[]> {
  const child = startChild(subject, prefix, count);
  const output = linesOf(child, () => undefined);
  assert.deepEqual(await once(child, 'close'), [0, null]);
  return output;
}

async function runAndKill(subject: StoreUnderTest, prefix: string, after: number): Promise<Acknowledged[]> {
  const child = startChild(subject, prefix, ENDLESS);
  const output = linesOf(child, (count) => {
    if (count >= after) child.kill('SIGKILL');
  });
  // `close` comes after the last byte that the child wrote before it died.
  assert.deepEqual(await once(child, 'close'), [null, 'SIGKILL']);
  return output;
}

function startChild({ child }: StoreUnderTest, prefix: string, count: number): ChildProcess {
  const script = fileURLToPath(new URL('./committing-child.ts', import.meta.url));
  const argv = [script, child.module, child.address, prefix, String(count)];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The list grows while the child runs; a line without its end was not acknowledged. */
function linesOf(child: ChildProcess, onLines: (count: number) => void): Acknowledged[] {
  const found: Acknowledged[] = [];
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) found.push(parseLine(line));
    onLines(found.length);
  });
  return found;
}

function parseLine(line: string): Acknowledged {
  const [generation = '', name = ''] = line.split(' ');
  return { generation: Number(generation), name };
}
