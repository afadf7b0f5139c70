import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoadState } from '../../../src/main/overload.ts';

const CALM = { lateMs: 3, memory: 0.2 };
const LATE = { lateMs: 700, memory: 0.2 };
const FULL = { lateMs: 3, memory: 0.95 };

function watched() {
  const said: string[] = [];
  const state = new LoadState((message) => said.push(message));
  return { state, said };
}

test('one long pause is no overload, two in a row are', () => {
  const { state } = watched();
  for (const load of [LATE, CALM, LATE, CALM]) {
    state.look(load);
    assert.equal(state.overloaded, false);
  }
  state.look(LATE);
  state.look(LATE);
  assert.equal(state.overloaded, true);
});

test('it is over after a second without another pause, and half of one counts as one', () => {
  const { state, said } = watched();
  for (const load of [LATE, LATE]) state.look(load);
  for (let i = 0; i < 9; i++) state.look(CALM);
  state.look({ lateMs: 300, memory: 0.2 });
  for (let i = 0; i < 9; i++) state.look(CALM);
  assert.equal(state.overloaded, true);
  state.look(CALM);
  assert.equal(state.overloaded, false);
  assert.equal(said.length, 2);
});

test('memory that is nearly full counts like a late event loop, until there is room again', () => {
  const { state } = watched();
  for (const load of [FULL, FULL]) state.look(load);
  assert.equal(state.overloaded, true);
  for (let i = 0; i < 20; i++) state.look({ lateMs: 3, memory: 0.85 });
  assert.equal(state.overloaded, true);
  for (let i = 0; i < 10; i++) state.look(CALM);
  assert.equal(state.overloaded, false);
});
