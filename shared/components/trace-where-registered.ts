import { isTracingRegistered } from '../adapters/opentelemetry/is-registered.ts';
import type { Memory } from '../app/memory.ts';

/**
 * The memory with a span for every use case where an OpenTelemetry SDK is registered already (with
 * `node --import`, before anything else), and as it is where none is.
 */
export async function traceWhereRegistered(memory: Memory): Promise<Memory> {
  if (!isTracingRegistered()) return memory;
  const { tracedMemory } = await import('./traced-memory.ts');
  return tracedMemory(memory);
}
