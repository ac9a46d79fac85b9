-- Reads a book with all its tasks.
-- KEYS: book, tasks, versions.
local book = redis.call('HMGET', KEYS[1], 'record', 'version', 'seq')
local time = redis.call('TIME')
if not book[1] then
  return { time[1], time[2] }
end
local tasks, versions = redis.call('HVALS', KEYS[2]), redis.call('HGETALL', KEYS[3])
return { time[1], time[2], book[1], book[2], book[3] or '0', tasks, versions }
