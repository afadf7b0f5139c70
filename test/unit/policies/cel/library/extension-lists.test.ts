import { describe } from 'node:test';
import { table } from './table.ts';

describe('lists', () => {
  table({
    '[1, 2, 3].slice(1, 3)': '[2, 3]',
    '[1, 2, 3].slice(3, 3)': '[]',
    '[1, 2, 3].slice(2, 1)': '<the list has no such slice>',
    '[1, 2, 3].slice(-1, 1)': '<the list has no such slice>',
    '[1, 2, 3].slice(0, 4)': '<the list has no such slice>',
    '[[1], [[2]], [], [3, 4]].flatten()': '[1, [2], 3, 4]',
    '[1, [2, [3, [4]]]].flatten(2)': '[1, 2, 3, [4]]',
    '[1, [2]].flatten(0)': '[1, [2]]',
    '[1, [2]].flatten(9223372036854775807)': '[1, 2]',
    '[1].flatten(-1)': '<the depth to flatten to is negative>',
    '[1, 2, 3].reverse()': '[3, 2, 1]',
    'lists.range(3)': '[0, 1, 2]',
    'lists.range(-3)': '[]',
    '[1, 1u, 1.0, 1.5, 1.5, "1", "1", [1], [1.0], null, null, true].distinct()': '[1, 1.5, "1", [1], null, true]',
    '[double("nan"), double("nan")].distinct()': '[double("NaN"), double("NaN")]',
    '[1, 2].first()': 'optional.of(1)',
    '[1, 2].last()': 'optional.of(2)',
    '[].first()': 'optional.none()',
    '[].last()': 'optional.none()',
  });
});

describe('sorting', () => {
  table({
    '[3, 1, 2].sort()': '[1, 2, 3]',
    '["b", "é", "🙂", "\\uff00", "a"].sort()': '["a", "b", "é", "\uff00", "🙂"]',
    '[true, false].sort()': '[false, true]',
    '[b"b", b"a"].sort()': '[b"a", b"b"]',
    '[duration("2s"), duration("1s")].sort()': '[duration("1s"), duration("2s")]',
    '[].sort()': '[]',
    '[dyn(1), dyn("a")].sort()': '<the items are not all of one type>',
    '[dyn(null)].sort()': '<items of this type have no order>',
    '["ccc", "a", "bb", "d"].sortBy(e, size(e))': '["a", "d", "bb", "ccc"]',
    '[{"n": 2}, {"n": 1}].sortBy(e, e.n)': '[{"n": 1}, {"n": 2}]',
  });
});

describe('sets', () => {
  table({
    'sets.contains([1, 2.0, 3u], [1.0, 2u, 3])': 'true',
    'sets.contains([], [1])': 'false',
    'sets.contains([1], [])': 'true',
    'sets.equivalent([1], [1u, 1.0])': 'true',
    'sets.equivalent([1, 2], [1])': 'false',
    'sets.intersects([[1], [2, 3]], [[1, 2], [2, 3.0]])': 'true',
    'sets.intersects([1], [])': 'false',
    'sets.intersects([null], [null])': 'true',
    'sets.contains([{"a": 1}], [{"a": 1.0}])': 'true',
    '["a", "b"].hasAny(["b", "c"])': 'true',
    '["a", "b"].hasAny([])': 'false',
    '["a"].hasAny(["b", dyn(1)])': 'false',
    '["a", "b"].hasAll(["b"])': 'true',
    '["a", "b"].hasAll(["b", "c"])': 'false',
    '[].hasAll([])': 'true',
    '[dyn(1)].hasAny([1u, 1.5])': 'true',
  });
});

describe('optionals', () => {
  table({
    'optional.none().value()': '<the optional has no value>',
    'optional.of(null).value()': 'null',
    'optional.of(1).orValue(1 / 0)': '1',
    'optional.unwrap([optional.of(1), optional.none(), optional.of(3)])': '[1, 3]',
    '[optional.of(1), optional.none()].unwrapOpt()': '[1]',
    'dyn([1]).unwrapOpt()': '<the list has an item that is no optional>',
    '[0, 0u, 0.0, "", b"", false, null, [], {}].exists(v, optional.ofNonZeroValue(v).hasValue())': 'false',
    '[1, 1u, 0.5, "0", b"0", true, [0], {0: 0}, int].all(v, optional.ofNonZeroValue(v).hasValue())': 'true',
    'optional.ofNonZeroValue(timestamp(0)).hasValue()': 'false',
    'optional.ofNonZeroValue(duration("0s")).hasValue()': 'false',
  });
});

describe('maps that are made entry by entry', () => {
  table({
    '{"a": 1}.transformMap(k, v, v + 1)': '{"a": 2}',
    '[1, 2].transformMapEntry(i, v, {v: i})': '{1: 0, 2: 1}',
    '[1, 1].transformMapEntry(i, v, {v: i})': '<a map has a key twice>',
  });
});
