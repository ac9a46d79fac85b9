-- Corrects a hint that was found wrong, unless another process has set it since.
-- KEYS: the index. ARGV: the book, the score that was found wrong, the right one or nothing.
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 0
end
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
end
return 1
