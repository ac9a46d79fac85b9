-- Reads what one step needs: the store's time, the book, the task and, where asked, what stands of the book's other
-- tasks, and the records of all.
-- KEYS: book, tasks, versions, waiting, released, dead, owed.
-- ARGV: the task's place, the binding's place, whether the others are asked for, whether all records are.
local place, bind = ARGV[1], ARGV[2]
local book = redis.call('HMGET', KEYS[1], 'record', 'version', 'window', 'wave', 'seq')
local record = redis.call('HGET', KEYS[2], place)
if not book[1] or not record then
  return false
end
local time = redis.call('TIME')
local found = { time[1], time[2], book[1], book[2], book[5] or '0', record, redis.call('HGET', KEYS[3], place) }
found[8] = false
if ARGV[4] == '1' then
  found[9] = redis.call('HVALS', KEYS[2])
end
if ARGV[3] ~= '1' then
  return found
end

local window = tonumber(book[3])
local low = tonumber(book[4]) * 4294967296
local from, to = string.format('%.0f', low), string.format('(%.0f', low + 4294967296)

-- Counts the chapters that stand so, the task itself left out: all of them, and those of the open wave. Says too whether
-- the task itself is one.
local function count(key)
  local own = tonumber(redis.call('ZSCORE', key, place) or '-1')
  local all = redis.call('ZCARD', key)
  local open = redis.call('ZCOUNT', key, from, to)
  if own >= 0 then
    all = all - 1
  end
  if own >= low and own < low + 4294967296 then
    open = open - 1
  end
  return all, open, own >= 0
end

-- Reads the named tasks' records and versions.
local function tasks(names)
  if #names == 0 then
    return {}, {}
  end
  return redis.call('HMGET', KEYS[2], unpack(names)), redis.call('HMGET', KEYS[3], unpack(names))
end

local _, waiting_open, waits = count(KEYS[4])
local released, released_open, is_released = count(KEYS[5])
local dead = count(KEYS[6])

-- One waiting chapter is read even when no place is free: an empty list means that none is left.
local places = math.max(window - released, 1)
local names = {}
for _, name in ipairs(redis.call('ZRANGE', KEYS[4], 0, places)) do
  if name ~= place and #names < places then
    names[#names + 1] = name
  end
end
if place ~= bind then
  names[#names + 1] = bind
end
local records, versions = tasks(names)
-- Only a task that has ended is asked what it released.
local owed = {}
if not waits and not is_released then
  owed = tasks(redis.call('ZRANGE', KEYS[7], 0, math.max(window, 1) - 1))
end
found[8] = { records, versions, owed, released, waiting_open + released_open, dead }
return found
