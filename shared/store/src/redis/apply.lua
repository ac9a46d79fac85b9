-- Applies what a step has decided, all or nothing. Applies nothing where a record that it was decided from has changed.
-- KEYS: book, tasks, versions, waiting, released, dead, owed, due, events, texts, then one key for each text.
-- ARGV: counted lists, in the order in which they are taken below.
local book, tasks, versions = KEYS[1], KEYS[2], KEYS[3]
local standings = { waiting = KEYS[4], released = KEYS[5], dead = KEYS[6] }
local owed, due, events, texts = KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local at = 0

local function take()
  at = at + 1
  return ARGV[at]
end

-- A step that concerns its task alone names no version of the book: the book must only be open.
-- The version is raised if steps that have read the book must read it again.
local expected, replaced = take(), take() == '1'
if expected ~= '' then
  if expected ~= (redis.call('HGET', book, 'version') or '0') then
    return false
  end
elseif redis.call('HGET', book, 'open') ~= '1' then
  return false
end
for _ = 1, tonumber(take()) do
  local place, version = take(), take()
  if (redis.call('HGET', versions, place) or '0') ~= version then
    return false
  end
end

local before = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2] or false

-- Versions start at the time the book is made, so that a book deleted and made again never gets an old version.
if redis.call('EXISTS', book) == 0 then
  local time = redis.call('TIME')
  redis.call('HSET', book, 'writes', time[1] .. string.format('%06d', time[2]))
end
local version = string.format('%.0f', redis.call('HINCRBY', book, 'writes', 1))
if replaced then
  redis.call('HSET', book, 'version', version)
end

local record = take()
if record ~= '' then
  local window, wave, open, own = take(), take(), take(), take()
  redis.call('HSET', book, 'record', record, 'window', window, 'wave', wave, 'open', open)
  if own == '' then
    redis.call('ZREM', due, 'book')
  else
    redis.call('ZADD', due, own, 'book')
  end
end
local request = take()
if request ~= '' then
  redis.call('HSET', book, 'request', request)
end
local outline = take()
if outline ~= '' then
  redis.call('HSET', book, 'outline', outline)
end

for _ = 1, tonumber(take()) do
  local place = take()
  redis.call('HDEL', tasks, place)
  redis.call('HDEL', versions, place)
  for _, key in pairs(standings) do
    redis.call('ZREM', key, place)
  end
  redis.call('ZREM', owed, place)
  redis.call('ZREM', due, place)
end

for _ = 1, tonumber(take()) do
  local place, task, standing, order, is_owed, when = take(), take(), take(), take(), take(), take()
  redis.call('HSET', tasks, place, task)
  redis.call('HSET', versions, place, version)
  -- Only chapters and repairs have an order, since the other tasks take no place of the window.
  if order ~= '' then
    for name, key in pairs(standings) do
      if name == standing then
        redis.call('ZADD', key, order, place)
      else
        redis.call('ZREM', key, place)
      end
    end
  end
  if is_owed == '1' then
    redis.call('ZADD', owed, place, place)
  else
    redis.call('ZREM', owed, place)
  end
  if when == '' then
    redis.call('ZREM', due, place)
  else
    redis.call('ZADD', due, when, place)
  end
end

-- A text that is stored again replaces the stored one, which may be damaged.
for nth = 1, tonumber(take()) do
  redis.call('SADD', texts, take())
  redis.call('SET', KEYS[10 + nth], take())
end

local appended = tonumber(take())
local seq = redis.call('HINCRBY', book, 'seq', appended)
for nth = 1, appended do
  redis.call('XADD', events, string.format('%.0f-0', seq - appended + nth), 'event', take())
end

local after = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2] or false
return { before, after, seq, tonumber(redis.call('HGET', book, 'told') or '0') }
