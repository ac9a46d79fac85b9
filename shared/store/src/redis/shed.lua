-- Removes texts of a book, and with the last of them the published events. Removes nothing if the book has changed since
-- its texts were found to be leaving: it may have been deleted and made again.
-- KEYS: book, texts, events, then one key for each text. ARGV: the book's version, then each text's name.
local book = redis.call('HMGET', KEYS[1], 'version', 'told')
if book[1] ~= ARGV[1] then
  return 0
end
for nth = 4, #KEYS do
  redis.call('UNLINK', KEYS[nth])
  redis.call('SREM', KEYS[2], ARGV[nth - 2])
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 0
end
redis.call('XTRIM', KEYS[3], 'MINID', string.format('%.0f-0', tonumber(book[2] or '0') + 1))
return 1
