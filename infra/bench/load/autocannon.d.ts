/** The part of autocannon (https://github.com/mcollina/autocannon) that the load uses. */
declare module 'autocannon' {
  export interface Request {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    body?: string;
  }

  export interface RequestPlan<Context> {
    readonly setupRequest: (request: Request, context: Context) => Request;
    readonly onResponse: (status: number, body: string, context: Context) => void;
  }

  export interface Options<Context> {
    readonly url: string;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    /** Seconds after which a request counts as failed. */
    readonly timeout: number;
    readonly initialContext: Context;
    readonly requests: readonly RequestPlan<Context>[];
  }

  export interface Result {
    readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
    readonly requests: { readonly average: number; readonly total: number };
    readonly errors: number;
    readonly timeouts: number;
  }

  // biome-ignore lint/style/noDefaultExport: the package has no other.
  export default function autocannon<Context>(options: Options<Context>): Promise<Result>;
}
