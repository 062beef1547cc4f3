import { ContextPruner, MemoryProfiler, RedisLruCache, TieredStorageManager } from 'strata-memory';

const cache = new RedisLruCache(); // in this process; with { redisHost } in Redis
await cache.connect();

const storage = new TieredStorageManager({ dataDir: process.env['DATA_DIR'] ?? '.strata' });
await storage.initialize();

const pruner = new ContextPruner({ maxContextItems: 15, maxContextTokens: 4_000 });

const profiler = new MemoryProfiler({ serviceName: 'memory-service' });
profiler.setTieredStorage(storage);
profiler.setRedisCache(cache);
profiler.startProfiling();

// Add and retrieve
const session = { userId: 'user123', sessionId: 'session456' };
const id = await storage.addMemoryItem({
  ...session,
  content: 'This is a message',
  contentType: 'user_message',
});
const item = await storage.getMemoryItem(id);
const history = await storage.getConversationHistory(session);

// What the next model call should be told, within its budget
const { messages } = await storage.getContext({ ...session, format: 'openai', tokenBudget: 4_000 });

// Prune a history that you hold yourself
const pruned = await pruner.pruneConversationHistory({ history, ...session });
const shorter = await pruner.pruneByTokenBudget({ history, tokenBudget: 1_000 });

// Watch
const metrics = await profiler.collectMetrics();
if (profiler.isMemoryPressureDetected()) console.warn(profiler.getAlerts());

console.log(item?.content, messages, pruned.items.length, shorter.items.length, metrics.tiers);

profiler.stopProfiling();
await cache.disconnect();
await storage.close();
