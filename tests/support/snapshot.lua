-- Returns all keys of a Redis, or makes one key again. Bytes that are not text are returned as {"hex": ...}.
-- KEYS: none to return all, or the key to make. ARGV: its kind and its value, as they were returned.
local function told(bytes)
  -- Deflated bytes begin with these two, and no text does.
  if string.sub(bytes, 1, 2) ~= 'x\1' then
    return bytes
  end
  return { hex = (string.gsub(bytes, '.', function(byte) return string.format('%02x', string.byte(byte)) end)) }
end

local function made(value)
  if type(value) == 'string' then
    return value
  end
  return (string.gsub(value.hex, '..', function(hex) return string.char(tonumber(hex, 16)) end))
end

-- Makes a table of a list in which names and values alternate.
local function pairs_of(list)
  local found = {}
  for at = 1, #list, 2 do
    found[list[at]] = told(list[at + 1])
  end
  return found
end

local tell = {
  hash = function(key) return pairs_of(redis.call('HGETALL', key)) end,
  zset = function(key) return pairs_of(redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')) end,
  set = function(key) return redis.call('SMEMBERS', key) end,
  stream = function(key) return redis.call('XRANGE', key, '-', '+') end,
  string = function(key) return told(redis.call('GET', key)) end,
}

local make = {
  hash = function(key, value) for name, one in pairs(value) do redis.call('HSET', key, name, made(one)) end end,
  zset = function(key, value) for name, score in pairs(value) do redis.call('ZADD', key, score, name) end end,
  set = function(key, value) redis.call('SADD', key, unpack(value)) end,
  stream = function(key, value) for _, entry in ipairs(value) do redis.call('XADD', key, entry[1], unpack(entry[2])) end end,
  string = function(key, value) redis.call('SET', key, made(value)) end,
}

if KEYS[1] then
  make[ARGV[1]](KEYS[1], cjson.decode(ARGV[2]))
  return 'OK'
end
local all = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local kind = redis.call('TYPE', key).ok
  all[key] = { [kind] = tell[kind](key) }
end
return cjson.encode(all)
