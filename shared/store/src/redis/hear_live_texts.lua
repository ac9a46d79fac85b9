-- Listens to the texts of a book that are under way. Returns each section with its call, an offset and the text behind it.
-- KEYS: live. ARGV: the time if it is given, how long the book counts as listened to; a section, the call and the length that are
-- known for each.
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
redis.call('HSET', KEYS[1], 'listened', string.format('%.0f', now + tonumber(ARGV[2])))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local known = {}
for i = 3, #ARGV, 3 do
  known[ARGV[i]] = { ARGV[i + 1], tonumber(ARGV[i + 2]) }
end
local found = {}
for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
  local section = string.match(name, '^call:(.*)$')
  if section then
    local of_text = 'text:' .. section
    local _, call, ends = string.match(redis.call('HGET', KEYS[1], name), '^(%d+) (%S+) (%d+)$')
    if not ends or tonumber(ends) <= now then
      redis.call('HDEL', KEYS[1], name, of_text)
    else
      local from, text = 0, ''
      local length = redis.call('HSTRLEN', KEYS[1], of_text)
      if known[section] and known[section][1] == call and known[section][2] <= length then
        from = known[section][2]
      end
      if length > from then
        text = string.sub(redis.call('HGET', KEYS[1], of_text), from + 1)
      end
      found[#found + 1] = { section, call, from, text }
    end
  end
end
return found
