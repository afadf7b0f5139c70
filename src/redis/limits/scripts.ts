import type { Algorithm } from '../../gateway/limits/limits.ts';
import { defineScript, type Script } from '../script.ts';

/** Beyond the moment from which a counter says nothing any more. */
const MARGIN_MS = 1_000;

/**
 * The meters of `gateway/limits` once more, in the server: it counts for all gateways, by its own clock, and in one step.
 * A clock that goes back frees nothing. Each gives whether the request is allowed, how many might follow, and
 * microseconds until there is more and that the request has to wait.
 */
function meter(body: string): Script {
  return defineScript(`local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local key = KEYS[1]
local limit = tonumber(ARGV[1])
local window = tonumber(ARGV[2])
local function text(n) return string.format('%.17g', n) end
local function answer(allowed, remaining, reset, delay)
  return { allowed, remaining, math.ceil(math.max(0, reset) * 1000), math.ceil(delay * 1000) }
end
local function keep(ms) redis.call('PEXPIRE', key, math.ceil(ms) + ${MARGIN_MS}) end
${body}`);
}

const FIXED_WINDOW = meter(`
local kept = redis.call('HMGET', key, 'start', 'count')
local start, count = tonumber(kept[1]), tonumber(kept[2])
if not start or now >= start + window then start, count = now, 0 end
local reset = start + window - now
if count >= limit then return answer(0, 0, reset, 0) end
redis.call('HSET', key, 'start', text(start), 'count', text(count + 1))
keep(reset)
return answer(1, limit - count - 1, reset, 0)`);

/** ARGV[3]: how many parts a window has that are forgotten as a whole. */
const SLIDING_WINDOW = meter(`
local parts = tonumber(ARGV[3])
local width = window / parts
local kept = redis.call('HGETALL', key)
local latest = math.floor(now / width)
for i = 1, #kept, 2 do latest = math.max(latest, tonumber(kept[i])) end
local count, oldest = 0, latest
for i = 1, #kept, 2 do
  local part = tonumber(kept[i])
  if part < latest - parts then
    redis.call('HDEL', key, kept[i])
  else
    count = count + tonumber(kept[i + 1])
    oldest = math.min(oldest, part)
  end
end
local reset = (oldest + parts + 1) * width - now
if count >= limit then return answer(0, 0, reset, 0) end
redis.call('HINCRBY', key, string.format('%.0f', latest), 1)
keep((latest + parts + 1) * width - now)
return answer(1, limit - count - 1, reset, 0)`);

/** ARGV[3]: what it holds; ARGV[4]: 1 when requests wait for their turn. */
const BUCKET = meter(`
local capacity, leaky = tonumber(ARGV[3]), ARGV[4] == '1'
local interval = window / limit
local rounding = 1e-6
local kept = redis.call('HMGET', key, 'level', 'at')
local level, at = tonumber(kept[1] or '0'), tonumber(kept[2] or '0')
if now > at then
  level = math.max(0, level - (now - at) / interval)
  at = now
end
local room = math.floor(capacity - level + rounding)
local function reset(left)
  local after = capacity - left - 1
  if after < 0 then return 0 end
  return math.max(0, level - after) * interval
end
if room < 1 then return answer(0, 0, reset(room), 0) end
local delay = leaky and level * interval or 0
level = level + 1
redis.call('HSET', key, 'level', text(level), 'at', text(at))
keep(level * interval + at - now)
return answer(1, room - 1, reset(room - 1), delay)`);

/** ARGV[3]: the request; ARGV[4]: milliseconds that it is believed to last when nothing is heard of it. */
const CONCURRENCY = meter(`
local lease = tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', key, '-inf', text(now))
local count = redis.call('ZCARD', key)
if count >= limit then return answer(0, 0, 0, 0) end
redis.call('ZADD', key, text(now + lease), ARGV[3])
keep(lease)
return answer(1, limit - count - 1, 0, 0)`);

/** ARGV[3]: the number of a period; ARGV[4]…: when it begins, and the ones after it. The period never goes back. */
const CALENDAR = meter(`
local first = tonumber(ARGV[3])
local period
for i = 4, #ARGV - 1 do
  if now >= tonumber(ARGV[i]) and now < tonumber(ARGV[i + 1]) then period = first + i - 4 end
end
if not period then return redis.error_reply('ERR the clocks of the gateway and of Redis differ too much') end
local kept = redis.call('HMGET', key, 'period', 'count')
local before, count = tonumber(kept[1]), tonumber(kept[2])
if not before or before < period then count = 0 else period = before end
local ends = ARGV[4 + period - first + 1]
if not ends then return redis.error_reply('ERR the clock of Redis went back') end
local reset = tonumber(ends) - now
if count >= limit then return answer(0, 0, reset, 0) end
redis.call('HSET', key, 'period', text(period), 'count', text(count + 1))
keep(reset + 86400000)
return answer(1, math.max(0, limit - count - 1), reset, 0)`);

export const METERS: Record<Algorithm, Script> = {
  'sliding-window': SLIDING_WINDOW,
  'fixed-window': FIXED_WINDOW,
  'token-bucket': BUCKET,
  'leaky-bucket': BUCKET,
  concurrency: CONCURRENCY,
  day: CALENDAR,
  month: CALENDAR,
};

/** Requests that go on count for `ARGV[1]` milliseconds more; those that were forgotten count again. */
export const RENEW = defineScript(`local clock = redis.call('TIME')
local ends = string.format('%.17g', clock[1] * 1000 + clock[2] / 1000 + ARGV[1])
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], ends, ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1] + ${MARGIN_MS})
return #ARGV - 1`);
