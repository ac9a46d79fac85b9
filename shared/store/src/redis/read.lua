-- Reads what a group of commands needs: the store's time, the book, the tasks and, if asked for, what a step must know about
-- the book's other tasks.
-- KEYS: book, tasks, versions, waiting, released, dead, owed.
-- ARGV: the places of the binding and the audit, whether the others are asked for, then each task's place.
local bind, audit, others = ARGV[1], ARGV[2], ARGV[3] == '1'
local book = redis.call('HMGET', KEYS[1], 'record', 'version', 'window', 'wave', 'seq')
if not book[1] then
  return false
end

-- Reads the records and versions of tasks.
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
local found = { time, book[1], book[2], book[5] or '0', records, versions, false }
if not others then
  return found
end

-- Every task that a command is about may free its place of the window.
local released, leaving = redis.call('ZCARD', KEYS[5]), 0
for _, place in ipairs(asked) do
  if redis.call('ZSCORE', KEYS[5], place) then
    leaving = leaving + 1
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
-- An earlier program accepted books without an audit.
if not about[audit] and redis.call('HEXISTS', KEYS[2], audit) == 1 then
  names[#names + 1] = audit
end
local waiting, marks = read(names)
local owed = read(redis.call('ZRANGE', KEYS[7], 0, math.max(window, 1) + #asked - 1))

local low = tonumber(book[4]) * 4294967296
local from, to = string.format('%.0f', low), string.format('(%.0f', low + 4294967296)
local missing = redis.call('ZCOUNT', KEYS[4], from, to) + redis.call('ZCOUNT', KEYS[5], from, to)
found[7] = { waiting, marks, owed, released, missing, redis.call('ZCARD', KEYS[6]) }
return found
