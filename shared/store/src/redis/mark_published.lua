-- Records up to which number the events were published; returns the number of the last event.
-- KEYS: book. ARGV: the event's number.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return false
end
if tonumber(ARGV[1]) > tonumber(redis.call('HGET', KEYS[1], 'told') or '0') then
  redis.call('HSET', KEYS[1], 'told', ARGV[1])
end
return tonumber(redis.call('HGET', KEYS[1], 'seq') or '0')
