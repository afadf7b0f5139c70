import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { given, refusalOf } from './value.ts';

function table(cases: Readonly<Record<string, string>>): void {
  for (const [source, expected] of Object.entries(cases)) {
    test(source, () => assert.equal(given(source), expected));
  }
}

const NO_TIMESTAMP = '<not a timestamp of RFC 3339, such as "2026-01-31T12:00:00Z", from year 1 to 9999>';
const NO_DURATION = '<not a duration: expected one such as "1h30m", "1.5s" or "-250ms">';
const NO_ZONE = '<unknown time zone: expected a name such as "Europe/Berlin", or an offset such as "+02:00">';

describe('timestamps', () => {
  table({
    'timestamp("2026-02-28T23:59:59.123456789Z")': 'timestamp("2026-02-28T23:59:59.123456789Z")',
    'timestamp("2026-01-01T00:00:00+05:30")': 'timestamp("2025-12-31T18:30:00Z")',
    'timestamp(-1)': 'timestamp("1969-12-31T23:59:59Z")',
    'timestamp("2026-02-29T00:00:00Z")': NO_TIMESTAMP,
    'timestamp("2026-01-01")': NO_TIMESTAMP,
    'timestamp("0001-01-01T00:00:00+00:01")': NO_TIMESTAMP,
    'timestamp(253402300800)': NO_TIMESTAMP,
    'timestamp(0) < timestamp(1)': 'true',
    'timestamp("2026-01-01T00:00:00Z") + duration("24h")': 'timestamp("2026-01-02T00:00:00Z")',
    'duration("1ns") + timestamp(-1)': 'timestamp("1969-12-31T23:59:59.000000001Z")',
    'timestamp(0) - duration("1ns")': 'timestamp("1969-12-31T23:59:59.999999999Z")',
    'timestamp(1) - timestamp(0) == duration("1s")': 'true',
    'timestamp("9999-12-31T23:59:59Z") + duration("1s")': '<timestamp out of range>',
    'timestamp("0001-01-01T00:00:00Z") - duration("1ns")': '<timestamp out of range>',
    'timestamp("9999-12-31T23:59:59Z") - timestamp("0001-01-01T00:00:00Z")': '<duration out of range>',
  });
});

describe('durations', () => {
  table({
    'duration("1h30m1.5s")': 'duration("5401.5s")',
    'duration("-1.5h")': 'duration("-5400s")',
    'duration("1us1ns")': 'duration("0.000001001s")',
    'duration("1\u00b5s") == duration("1\u03bcs")': 'true',
    'duration("0")': 'duration("0s")',
    'duration(".5s")': 'duration("0.5s")',
    'duration("9223372036.854775807s")': 'duration("9223372036.854775807s")',
    'duration("9223372036.854775808s")': '<duration out of range>',
    'duration("1h") - duration("61m")': 'duration("-60s")',
    'duration("9000000000s") + duration("9000000000s")': '<duration out of range>',
    'duration("1")': NO_DURATION,
    'duration("")': NO_DURATION,
    'duration("-")': NO_DURATION,
    'duration("s")': NO_DURATION,
    'duration(".s")': NO_DURATION,
    'duration("1h 2m")': NO_DURATION,
    'duration("1d")': NO_DURATION,
  });
});

const MOMENT = 'timestamp("2026-03-29T00:59:59.25Z")';

describe('parts of a timestamp', () => {
  table({
    [`${MOMENT}.getFullYear()`]: '2026',
    [`${MOMENT}.getMonth()`]: '2',
    [`${MOMENT}.getDayOfMonth()`]: '28',
    [`${MOMENT}.getDate()`]: '29',
    [`${MOMENT}.getDayOfYear()`]: '87',
    [`${MOMENT}.getDayOfWeek()`]: '0',
    [`${MOMENT}.getHours()`]: '0',
    [`${MOMENT}.getMinutes()`]: '59',
    [`${MOMENT}.getSeconds()`]: '59',
    [`${MOMENT}.getMilliseconds()`]: '250',
    'timestamp("0001-01-01T00:00:00Z").getDayOfYear()': '0',
    'timestamp("0001-01-01T00:00:00Z").getFullYear("-01:00")': '0',
    'timestamp("2024-12-31T00:00:00Z").getDayOfYear()': '365',
  });
});

describe('parts in a time zone', () => {
  table({
    [`${MOMENT}.getHours("Europe/Berlin")`]: '1',
    // the clocks go forward in this second
    [`(${MOMENT} + duration("1s")).getHours("Europe/Berlin")`]: '3',
    [`${MOMENT}.getHours("-02:30")`]: '22',
    [`${MOMENT}.getDayOfWeek("-02:30")`]: '6',
    [`${MOMENT}.getMinutes("05:45")`]: '44',
    [`${MOMENT}.getHours("UTC")`]: '0',
    [`${MOMENT}.getHours("")`]: '0',
    'timestamp(0).getSeconds("Africa/Monrovia")': '30',
    [`${MOMENT}.getHours("Local")`]: NO_ZONE,
    [`${MOMENT}.getHours("+25:00")`]: NO_ZONE,
    [`${MOMENT}.getHours("+0200")`]: NO_ZONE,
    [`${MOMENT}.getHours("Mars/Olympus")`]: NO_ZONE,
    [`${MOMENT}.getHours("Mars" + "/Olympus")`]: NO_ZONE,
    [`["Europe/Paris", "Asia/Tokyo"].map(zone, ${MOMENT}.getHours(zone))`]: '[1, 9]',
  });
});

describe('parts of a duration', () => {
  table({
    'duration("36h").getHours()': '36',
    'duration("-90m").getHours()': '-1',
    'duration("90m").getMinutes()': '90',
    'duration("1.999s").getSeconds()': '1',
    'duration("61.25s").getMilliseconds()': '250',
  });
});

test('constants that can never do are refused ahead', () => {
  for (const source of ['timestamp("tomorrow")', 'duration("1 day")', 'timestamp(0).getHours("Mars/Olympus")']) {
    assert.notEqual(refusalOf(source), null, source);
  }
});
