import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PaceWatch, timedOut } from '../pace.ts';
import { ProtocolError, type Reply, ReplyError, ReplyParser } from './reply-parser.ts';
import type { RedisAddress } from './uri.ts';

/** Longest wait for a connection, with what TLS says before, and longest silence while replies are due. */
const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 30_000;

type Argument = string | Buffer;

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** The client is one connection to a server: it sends commands, whose replies come in the same order. */
export class RedisClient {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  readonly #pace: PaceWatch;
  #ended: Error | null = null;

  private constructor(socket: Socket, silenceTimeoutMs: number) {
    this.#socket = socket;
    this.#pace = new PaceWatch(silenceTimeoutMs);
    const parser = new ReplyParser((reply) => this.#settle(reply));
    socket.setTimeout(silenceTimeoutMs);
    socket.on('data', (chunk) => {
      try {
        parser.push(chunk);
        this.#pace.receive(chunk.length);
      } catch (error) {
        this.#end(error as Error);
      }
    });
    socket.on('timeout', () => {
      if (this.#waiting.length > 0) this.#end(timedOut());
    });
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the connection was closed')));
  }

  /** Connects and logs in. Errors are those of the network, `ReplyError` and `ProtocolError`. */
  static async connect(address: RedisAddress, silenceTimeoutMs = SILENCE_TIMEOUT_MS): Promise<RedisClient> {
    const client = new RedisClient(await openSocket(address), silenceTimeoutMs);
    const { username, password, database } = address;
    try {
      if (password !== null) await client.send('AUTH', ...(username === null ? [password] : [username, password]));
      if (database !== 0) await client.send('SELECT', String(database));
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Sends a command; its reply is no `ReplyError`, which is thrown. */
  send(...command: readonly Argument[]): Promise<Reply> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#pace.restart();
      this.#waiting.push({ resolve, reject });
      this.#socket.write(encode(command));
    });
  }

  close(): void {
    this.#end(new Error('the connection was closed'));
  }

  #settle(reply: Reply): void {
    const next = this.#waiting.shift();
    this.#pace.restart();
    // A refusal of everybody comes at once: of too many clients, of other machines.
    if (!next) throw reply instanceof ReplyError ? reply : new ProtocolError('it speaks without being asked');
    if (reply instanceof ReplyError) next.reject(reply);
    else next.resolve(reply);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}

function encode(command: readonly Argument[]): Buffer {
  const parts = command.flatMap((argument) => {
    const bytes = Buffer.from(argument as string);
    return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')];
  });
  return Buffer.concat([Buffer.from(`*${command.length}\r\n`), ...parts]);
}

function openSocket({ host, port, tls }: RedisAddress): Promise<Socket> {
  // Names go into the greeting, so that the server can choose its certificate; addresses may not.
  const socket =
    tls === null
      ? connectPlain({ host, port })
      : connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...tls });
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(timedOut()), CONNECT_TIMEOUT_MS);
    socket
      .setNoDelay()
      .once('error', fail)
      .once('close', () => clearTimeout(timer));
    socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}
