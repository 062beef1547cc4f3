/** The environment holds values that can't be used; `message` has one line per variable. */
export class ConfigError extends TypeError {
  override readonly name = 'ConfigError';
}
