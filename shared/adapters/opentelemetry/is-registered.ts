/**
 * Where version 1 of the API, all copies of it, keeps what an SDK registered
 * (https://github.com/open-telemetry/opentelemetry-js/blob/main/api/src/internal/global-utils.ts).
 */
const API = Symbol.for('opentelemetry.js.api.1');

/**
 * Whether an OpenTelemetry SDK was registered in this process. Asked without the API itself, whose
 * 50 files take some 20 ms to load: who traces nothing pays nothing, neither at the start nor later.
 */
export function isTracingRegistered(): boolean {
  // A property that another library put there: nothing is known of it but its name.
  const registered = (globalThis as { readonly [API]?: { readonly trace?: unknown } })[API];
  return registered?.trace !== undefined;
}
