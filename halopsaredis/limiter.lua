-- Grants one request, or says how long to wait for it. Redis runs a script alone, so all processes see one count and one clock.
--
-- KEYS[1]  a sorted set: every grant of the last window by its time in microseconds, and first, with the score -1, the marker.
-- ARGV     1 the limit, 2 the window in microseconds, 3 the id of the request or '' to ask only, 4 how many of the same process come before it,
--          5 the marker that the process saw last or '', 6 '1' to begin a new count at once after a loss,
--          7… the ages in microseconds of requests that were sent without being counted.
-- Returns  whether it is granted, the wait and what is left of the time after a loss, both in microseconds, and the marker.
local key, n, window, id, ahead = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local seen, anew = ARGV[5], ARGV[6] == '1'
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]

local function whole(number) -- Lua itself would round it to 14 digits
	return string.format('%.0f', number)
end

-- The marker says RUN:KIND:SINCE. RUN is the run id of the Redis server that wrote it, SINCE when. Of the kind "whole" every request before is
-- accounted for; of the kind "lost" requests before may be missing, so that nothing can be granted until they have left the window.
-- A restart loses what was not yet on disk, a failover what was not yet replicated; both change the run id.
local info = redis.pcall('INFO', 'server')
if type(info) ~= 'string' then info = '' end
local run = info:match('run_id:(%x+)') or ''
local uptime = tonumber(info:match('uptime_in_seconds:(%d+)') or 0) * 1000000

local marker = redis.call('ZRANGEBYSCORE', key, '-1', '-1')[1]
local wrote, kind, since = (marker or ''):match('^(%x*):(%l+):(%d+)$')
since = tonumber(since)
local renewed = true
if not since then -- a new key, or one that was deleted or evicted
	if seen ~= '' then
		kind, since = 'lost', now
	elseif uptime < window then -- a server that knows nothing of the time before its start
		kind, since = 'lost', now - uptime
	else
		kind, since = 'whole', now
	end
elseif wrote ~= run then
	kind, since = 'lost', now
elseif kind == 'whole' and seen ~= '' and seen ~= marker and seen:match('^%x*') == run then
	kind, since = 'lost', now -- deleted, and begun again by a process that could not know
elseif kind == 'lost' and since > now then -- the clock was set back
	since = now
else
	renewed = false
end
if renewed then
	if marker then redis.call('ZREM', key, marker) end
	marker = run .. ':' .. kind .. ':' .. whole(since)
	redis.call('ZADD', key, '-1', marker)
end

redis.call('ZREMRANGEBYSCORE', key, '0', whole(now - window))
-- Where the clock was set back, what lies ahead of it happened by now.
for _, early in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. whole(now), '+inf')) do
	redis.call('ZADD', key, whole(now), early)
end
if id ~= '' then
	for i = 7, #ARGV do
		redis.call('ZADD', key, whole(now - tonumber(ARGV[i])), id .. ':' .. i)
	end
end

-- The next request may come a window after the n-th last, the one after that a window after the next, and so on round.
local hold = 0
if kind == 'lost' then hold = math.max(0, since + window - now) end
local wait = 0
local place = redis.call('ZCARD', key) - 1 - n + ahead % n
if place >= 0 and not (id ~= '' and redis.call('ZSCORE', key, id)) then -- an answer that came too late left its request a place
	wait = math.max(0, redis.call('ZRANGE', key, place + 1, place + 1, 'WITHSCORES')[2] + window - now)
end
if not anew then wait = math.max(wait, hold) end
wait = wait + math.floor(ahead / n) * window

local granted = 0
if id ~= '' and wait <= 0 then
	redis.call('ZADD', key, whole(now), id)
	granted = 1
end
return {granted, wait, hold, marker}
