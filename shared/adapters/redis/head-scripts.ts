import { script } from './script.ts';

/*
 * One head is a hash {v: version, c: confirmed at (Redis's Unix milliseconds), h: JSON}. Beside it
 * stands, for some seconds, the ticket of its readers, or "blocked" after a drop. Versions stay
 * texts: Lua's tostring would round them to 14 digits. `pcall` where a full server under
 * "noeviction" refuses to write: what is old must go even then.
 */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * KEYS head, ticket [, accesses [, dirty sessions]]
 * ARGV known version or '', maximum age, new ticket, ticket's ms [, session's key, names, ttl, seq, count …]
 * → {0} unchanged | {1, head} | {2, ticket} nothing here | {3, ticket} an
 * unconfirmed head, with the new totals of the seqs at the end where they were added: only
 * beside a head, or a late count would bring the names of an erased session back.
 *
 * Together in one script: between the question and the ticket no commit may slip in.
 */
export const READ = script(`${NOW}
local reply = nil
local found = redis.call('HMGET', KEYS[1], 'v', 'c')
if found[1] and now - found[2] <= tonumber(ARGV[2]) then
  local known = tonumber(ARGV[1]) or 0
  local version = tonumber(found[1])
  if version == known then reply = {0, ''} end
  if version > known then reply = {1, redis.call('HGET', KEYS[1], 'h')} end
end
if not reply then
  local ticket = redis.call('GET', KEYS[2])
  if not ticket then
    ticket = ARGV[3]
    redis.pcall('SET', KEYS[2], ticket, 'PX', ARGV[4])
  end
  reply = {found[1] and 3 or 2, ticket == 'blocked' and '' or ticket}
end
if KEYS[3] and reply[1] < 2 then
  redis.pcall('HSETNX', KEYS[3], 'names', ARGV[6])
  for i = 8, #ARGV, 2 do
    local total = redis.pcall('HINCRBY', KEYS[3], ARGV[i], ARGV[i + 1])
    reply[#reply + 1] = type(total) == 'number' and total or 0
  end
  redis.pcall('PEXPIRE', KEYS[3], ARGV[7])
  if KEYS[4] then redis.pcall('SADD', KEYS[4], ARGV[5]) end
end
return reply`);

/**
 * KEYS head, ticket; ARGV version, age, ticket or '', ttl, head.
 * A slow reader's older head must neither replace a newer one nor come back after it was lost.
 */
export const PUT = script(`${NOW}
local ticket = redis.call('GET', KEYS[2])
if ticket == 'blocked' then return 0 end
if ticket then redis.call('DEL', KEYS[2]) end
local confirmed = now - ARGV[2]
local found = redis.call('HMGET', KEYS[1], 'v', 'c')
if found[1] then
  if tonumber(found[1]) > tonumber(ARGV[1]) then return 0 end
  if tonumber(found[1]) == tonumber(ARGV[1]) then confirmed = math.max(confirmed, found[2]) end
elseif not ticket or ticket ~= ARGV[3] then
  return 0
end
local set = redis.pcall('HSET', KEYS[1], 'v', ARGV[1], 'c', string.format('%.0f', confirmed), 'h', ARGV[5])
if type(set) == 'table' and set.err then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1`);

/** KEYS head, ticket; ARGV version. */
export const OUTDATE = script(`
local version = redis.call('HGET', KEYS[1], 'v')
if version and tonumber(version) >= tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
if redis.call('GET', KEYS[2]) ~= 'blocked' then redis.call('DEL', KEYS[2]) end
return 1`);

/** KEYS head, ticket, accesses; ARGV milliseconds for which nothing is kept. → heads forgotten */
export const DROP = script(`
local dropped = redis.call('DEL', KEYS[1])
redis.call('DEL', KEYS[2], KEYS[3])
redis.pcall('SET', KEYS[2], 'blocked', 'PX', ARGV[1])
return dropped`);

/** KEYS accesses → its fields and values, forgotten with this answer: no count is drained twice. */
export const TAKE_ACCESSES = script(`
local counts = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
return counts`);

/** KEYS accesses, head [, dirty sessions]; ARGV as from the fifth of READ on. Only beside a head. */
export const ADD_ACCESSES = script(`
if redis.call('EXISTS', KEYS[2]) == 0 then return {} end
redis.call('HSETNX', KEYS[1], 'names', ARGV[2])
local totals = {}
for i = 4, #ARGV, 2 do totals[#totals + 1] = redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if KEYS[3] then redis.call('SADD', KEYS[3], ARGV[1]) end
return totals`);
