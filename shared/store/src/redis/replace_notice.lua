-- Replaces a notice unless it was removed; returns whether it was there.
-- KEYS: notices, due times, the dead ones of its webhook.
-- ARGV: the time if it is given, the time until it is due, its id, its record, whether it is dead.
if redis.call('HEXISTS', KEYS[1], ARGV[3]) == 0 then
  return 0
end
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[3])
redis.call(ARGV[5] == '1' and 'SADD' or 'SREM', KEYS[3], ARGV[3])
return 1
