-- Gives a leader lock to its holder, or to any process once the holder's term is over.
-- KEYS: the lock. ARGV: the process, the term in milliseconds, the time if it is given.
local now = tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local until_when, holder = string.match(redis.call('GET', KEYS[1]) or '0 ', '^(%d+) (.*)$')
if holder ~= ARGV[1] and tonumber(until_when) > now then
  return 0
end
redis.call('SET', KEYS[1], string.format('%.0f %s', now + tonumber(ARGV[2]), ARGV[1]))
return 1
