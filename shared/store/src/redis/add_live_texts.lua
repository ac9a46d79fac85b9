-- Adds to texts of a book that are under way. Returns how many bytes of each are stored then, or nothing if nobody listens.
-- KEYS: live. ARGV: the time if it is given, how long a text counts as under way; a section, the lease, the call, the offset and
-- the piece for each.
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local listened = redis.call('HGET', KEYS[1], 'listened')
if not listened or tonumber(listened) <= now then
  return false
end
local ends = string.format('%.0f', now + tonumber(ARGV[2]))
local lengths = {}
for i = 3, #ARGV, 5 do
  local section, lease, call, offset, piece = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], tonumber(ARGV[i + 3]), ARGV[i + 4]
  local of_call, of_text = 'call:' .. section, 'text:' .. section
  local length = 0
  local stored_lease, stored, stored_ends = string.match(redis.call('HGET', KEYS[1], of_call) or '', '^(%d+) (%S+) (%d+)$')
  local is_live = stored and tonumber(stored_ends) > now
  local is_same = is_live and stored == call
  if is_same then
    length = redis.call('HSTRLEN', KEYS[1], of_text)
  end
  if is_live and tonumber(stored_lease) > lease then
    length = offset + #piece
  elseif is_same or offset == 0 then
    redis.call('HSET', KEYS[1], of_call, ARGV[i + 1] .. ' ' .. call .. ' ' .. ends)
    if length == 0 and offset == 0 then
      redis.call('HSET', KEYS[1], of_text, piece)
      length = #piece
    elseif length == offset and #piece > 0 then
      redis.call('HSET', KEYS[1], of_text, redis.call('HGET', KEYS[1], of_text) .. piece)
      length = length + #piece
    end
  end
  lengths[#lengths + 1] = length
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return lengths
