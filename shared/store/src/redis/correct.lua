-- Corrects a wrong hint, unless another process has changed it since.
-- KEYS: the index. ARGV: the book, the wrong score, the right score or nothing.
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 0
end
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
end
return 1
