-- Removes texts that are no longer under way, unless another call writes them.
-- KEYS: live. ARGV: a section and a call for each.
for i = 1, #ARGV, 2 do
  local of_call = 'call:' .. ARGV[i]
  local _, stored = string.match(redis.call('HGET', KEYS[1], of_call) or '', '^(%d+) (%S+)')
  if stored == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], of_call, 'text:' .. ARGV[i])
  end
end
return 0
