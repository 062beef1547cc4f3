/**
 * Secrets that all instances of one durable store share without being configured: the first one that
 * needs a secret makes it, and everybody after it gets the same.
 */
export interface SecretStore {
  /**
   * `undefined` where nobody has needed it yet.
   *
   * @throws AppError `unavailable` when the store cannot be reached.
   */
  find(name: string): Promise<string | undefined>;

  /**
   * The secret of this name: the one that is kept, or `candidate`, which is kept from then on. Of
   * callers at the same time, also in other processes, one candidate wins and all get that one.
   *
   * @throws AppError `unavailable` when the store cannot be reached.
   */
  keep(name: string, candidate: string): Promise<string>;
}
