import type { IncomingMessage } from 'node:http';

/** A resource is what one URL names. */
export interface Resource {
  readonly url: URL;
  /** Name in messages, without user, password and signature. */
  readonly name: string;
}

/** An answer is one with status 200, 206 or 416, whose body has not been read. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: IncomingMessage;
  /** Host and port that gave it, for messages. */
  readonly server: string;
}
