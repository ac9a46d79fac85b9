-- Reads what a step needs: the store's time, the book, the task and, where asked, what a step must know of the book's other
-- tasks.
-- KEYS: book, tasks, versions, waiting, released, dead, owed.
-- ARGV: the binding's place, the task's place, whether the others are asked for.
local bind, place, others = ARGV[1], ARGV[2], ARGV[3] == '1'
local book = redis.call('HMGET', KEYS[1], 'record', 'version', 'window', 'wave', 'seq')
if not book[1] then
  return false
end

local time = redis.call('TIME')
local task, version = redis.call('HGET', KEYS[2], place), redis.call('HGET', KEYS[3], place)
local found = { time, book[1], book[2], book[5] or '0', task, version, false }
if not others then
  return found
end

-- The task itself is none of the others: it is left out of every count.
local waits, is_released = redis.call('ZSCORE', KEYS[4], place), redis.call('ZSCORE', KEYS[5], place)
local released = redis.call('ZCARD', KEYS[5]) - (is_released and 1 or 0)
local window = tonumber(book[3])
local places = math.max(window - released, 0)
local names = {}
-- One more than there are places, since the task itself may be among them.
for _, name in ipairs(redis.call('ZRANGE', KEYS[4], 0, places)) do
  if name ~= place and #names < places then
    names[#names + 1] = name
  end
end
if place ~= bind then
  names[#names + 1] = bind
end
local records, versions = {}, {}
if #names > 0 then
  records, versions = redis.call('HMGET', KEYS[2], unpack(names)), redis.call('HMGET', KEYS[3], unpack(names))
end

-- Only a task that has ended is asked what it released.
local owed = {}
if not waits and not is_released then
  local owed_places = redis.call('ZRANGE', KEYS[7], 0, math.max(window, 1) - 1)
  if #owed_places > 0 then
    owed = redis.call('HMGET', KEYS[2], unpack(owed_places))
  end
end

local low = tonumber(book[4]) * 4294967296
local from, to = string.format('%.0f', low), string.format('(%.0f', low + 4294967296)
local missing = redis.call('ZCOUNT', KEYS[4], from, to) + redis.call('ZCOUNT', KEYS[5], from, to)
local own = tonumber(waits or is_released or '-1')
if own >= low and own < low + 4294967296 then
  missing = missing - 1
end
local dead = redis.call('ZCARD', KEYS[6]) - (redis.call('ZSCORE', KEYS[6], place) and 1 or 0)
found[7] = { records, versions, owed, released, missing, dead }
return found
