-- Replaces a field of a hash, unless it has changed since it was read; returns whether it did.
-- KEYS: the hash. ARGV: the field, its value as it was read, the new value.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
