-- Reads what a round of steps needs: the store's time, the book, the tasks and, where asked, what stands of the book's
-- other tasks, and the records of all.
-- KEYS: book, tasks, versions, waiting, released, dead, owed.
-- ARGV: the binding's place, whether the others are asked for, whether all records are, then each task's place.
local bind, others, all = ARGV[1], ARGV[2] == '1', ARGV[3] == '1'
local book = redis.call('HMGET', KEYS[1], 'record', 'version', 'window', 'wave', 'seq')
if not book[1] then
  return false
end

-- Reads the named tasks' records and versions.
local function read(places)
  if #places == 0 then
    return {}, {}
  end
  return redis.call('HMGET', KEYS[2], unpack(places)), redis.call('HMGET', KEYS[3], unpack(places))
end

local asked, about = {}, {}
for nth = 4, #ARGV do
  asked[#asked + 1] = ARGV[nth]
  about[ARGV[nth]] = true
end
local time = redis.call('TIME')
local records, versions = read(asked)
local found = { time, book[1], book[2], book[5] or '0', records, versions, false, false }
if all then
  found[7] = redis.call('HVALS', KEYS[2])
end
if not others then
  return found
end

local released = redis.call('ZCARD', KEYS[5])
-- Whether one of the tasks has ended, and how many of them may give up a place.
local ended, leaving = false, 0
for _, place in ipairs(asked) do
  if redis.call('ZSCORE', KEYS[5], place) then
    leaving = leaving + 1
  elseif not redis.call('ZSCORE', KEYS[4], place) then
    ended = true
  end
end

local window = tonumber(book[3])
local places = math.max(window - (released - leaving), 0) + 1
local names = {}
for _, name in ipairs(redis.call('ZRANGE', KEYS[4], 0, places + #asked - 1)) do
  if not about[name] and #names < places then
    names[#names + 1] = name
  end
end
if not about[bind] then
  names[#names + 1] = bind
end
local beside, marks = read(names)
-- Only a task that has ended is asked what it released.
local owed = false
if ended then
  owed = read(redis.call('ZRANGE', KEYS[7], 0, math.max(window, 1) + #asked - 1))
end

local low = tonumber(book[4]) * 4294967296
local from, to = string.format('%.0f', low), string.format('(%.0f', low + 4294967296)
local missing = redis.call('ZCOUNT', KEYS[4], from, to) + redis.call('ZCOUNT', KEYS[5], from, to)
found[8] = { beside, marks, owed, released, missing, redis.call('ZCARD', KEYS[6]) }
return found
