-- Replaces a value, unless it has changed since it was read; returns whether it did.
-- KEYS: the value's key. ARGV: the value as it was read, which is empty where there was none; the new value.
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
