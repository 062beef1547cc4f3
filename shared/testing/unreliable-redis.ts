import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** A server process, as `startRedis` of the tooling gives it. */
interface RedisServer {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a server on this port, or on a free one; `undefined`: there is none to be had. */
export type StartRedis = (where: { readonly port?: number }) => Promise<RedisServer | undefined>;

const POLL_MS = 5;
const BACK_MS = 10_000;

/** A Redis of a test's own that loses what it has, hangs, or dies, when the test says so. */
export class UnreliableRedis {
  readonly port: number;
  readonly url: string;
  readonly control: Redis;
  readonly #start: StartRedis;
  #server: RedisServer;
  /** The process that hangs. */
  #hung = 0;
  #state: 'up' | 'hanging' | 'gone' = 'up';
  /** Whether everybody who uses it finds it again; waited for after every recovery. */
  isFound: () => Promise<boolean> = async () => true;

  private constructor(server: RedisServer, start: StartRedis) {
    this.port = server.port;
    this.url = server.url;
    this.#server = server;
    this.#start = start;
    this.control = new Redis(server.url, { retryStrategy: () => 20 });
    this.control.on('error', () => undefined);
  }

  /** `undefined` where no server is to be had. */
  static async open(start: StartRedis): Promise<UnreliableRedis | undefined> {
    const server = await start({});
    return server && new UnreliableRedis(server, start);
  }

  get state(): 'up' | 'hanging' | 'gone' {
    return this.#state;
  }

  /** Loses everything. */
  async flush(): Promise<void> {
    if (this.#state === 'up') await this.control.flushall();
  }

  /** Takes what it is sent and answers nothing, until it recovers. */
  async hang(): Promise<void> {
    if (this.#state !== 'up') return;
    this.#hung = await this.#pid();
    process.kill(this.#hung, 'SIGSTOP');
    this.#state = 'hanging';
  }

  /** Is gone with everything that it had, until it recovers. */
  async kill(): Promise<void> {
    if (this.#state === 'gone') return;
    const pid = this.#state === 'hanging' ? this.#hung : await this.#pid();
    process.kill(pid, 'SIGKILL');
    await this.#server.stop();
    this.#state = 'gone';
  }

  /** Drops every connection but its own. */
  async disconnect(): Promise<void> {
    if (this.#state !== 'up') return;
    await this.control.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await this.#found();
  }

  /** Goes on, or starts again with nothing. */
  async recover(): Promise<void> {
    if (this.#state === 'up') return;
    if (this.#state === 'hanging') process.kill(this.#hung, 'SIGCONT');
    else this.#server = await this.#started();
    await this.control.ping();
    this.#state = 'up';
    await this.#found();
  }

  async close(): Promise<void> {
    if (this.#state === 'hanging') process.kill(this.#hung, 'SIGCONT');
    this.control.disconnect();
    await this.#server.stop();
  }

  async #pid(): Promise<number> {
    return Number(/process_id:(\d+)/.exec(await this.control.info('server'))?.[1]);
  }

  async #started(): Promise<RedisServer> {
    const server = await this.#start({ port: this.port });
    if (!server) throw new Error('A Redis could be started before');
    return server;
  }

  async #found(): Promise<void> {
    for (let leftMs = BACK_MS; !(await this.isFound()); leftMs -= POLL_MS) {
      if (leftMs <= 0) throw new Error('Redis is back, and not everybody found it');
      await sleep(POLL_MS);
    }
  }
}
