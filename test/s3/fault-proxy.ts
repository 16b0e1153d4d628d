import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What happens to one answer, or to one request on its way. */
export type Fault =
  /** The connection is broken off after so many bytes of the answer, its head included. */
  | { readonly cutAfterBytes: number }
  /** Nothing comes after so many bytes of the answer, and the connection stays open. */
  | { readonly stallAfterBytes: number }
  /** The answer comes in portions of so many bytes, a millisecond apart. */
  | { readonly portionBytes: number }
  /** The server is not asked; this is the answer, head and body. */
  | { readonly answer: string }
  /** The server gets only so many bytes of the request. */
  | { readonly holdAfterBytes: number }
  /** The connection is broken off after so many bytes of the request. */
  | { readonly cutRequestAfterBytes: number };

export interface ProxiedRequest {
  /** As in `GET /bucket/key?query`. */
  readonly line: string;
  /** The bytes asked for, as in `bytes=0-99`; empty when all are. */
  readonly range: string;
  readonly atMs: number;
}

/** A proxy before the S3 server that spoils what `fault` says; without one it hands everything on. */
export interface FaultProxy {
  readonly endpoint: string;
  readonly requests: ProxiedRequest[];
  fault: (request: ProxiedRequest, index: number) => Fault | undefined;
  close(): void;
}

export async function startFaultProxy(serverPort: number): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) =>
    relay(client, connect(serverPort, '127.0.0.1'), proxy, sockets),
  );
  const proxy: FaultProxy = {
    endpoint: '',
    requests: [],
    fault: () => undefined,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** One connection. Its requests come one after the other, and each head in one piece: the SDK writes it so. */
function relay(client: Socket, upstream: Socket, proxy: FaultProxy, sockets: Set<Socket>): void {
  let fault: Fault | undefined;
  let requestBytes = 0;
  let answerBytes = 0;
  for (const socket of [client, upstream]) {
    sockets.add(socket.setNoDelay());
    socket.on('error', () => {});
    socket.on('close', () => {
      client.destroy();
      upstream.destroy();
    });
  }
  client.on('data', (chunk) => {
    const request = parseHead(chunk);
    if (request) {
      fault = proxy.fault(request, proxy.requests.push(request) - 1);
      requestBytes = answerBytes = 0;
    }
    const before = requestBytes;
    requestBytes += chunk.length;
    if (fault && 'answer' in fault) client.write(fault.answer);
    else if (fault && 'cutRequestAfterBytes' in fault) cut(upstream, chunk, fault.cutRequestAfterBytes - before);
    else if (fault && 'holdAfterBytes' in fault)
      upstream.write(chunk.subarray(0, Math.max(0, fault.holdAfterBytes - before)));
    else upstream.write(chunk);
  });
  upstream.on('data', (chunk) => {
    const before = answerBytes;
    answerBytes += chunk.length;
    if (fault && 'cutAfterBytes' in fault) cut(client, chunk, fault.cutAfterBytes - before);
    else if (fault && 'stallAfterBytes' in fault)
      client.write(chunk.subarray(0, Math.max(0, fault.stallAfterBytes - before)));
    else if (fault && 'portionBytes' in fault) writeSlowly(client, upstream, chunk, fault.portionBytes);
    else client.write(chunk);
  });
}

function parseHead(chunk: Buffer): ProxiedRequest | null {
  const head = chunk.toString('latin1', 0, 8192);
  const [, line] = /^((?:GET|HEAD|PUT|POST|DELETE) \S+) HTTP/.exec(head) ?? [];
  if (line === undefined) return null;
  return { line, range: /\r\nrange: (.*)\r\n/i.exec(head)?.[1] ?? '', atMs: performance.now() };
}

function cut(receiver: Socket, chunk: Buffer, left: number): void {
  if (left > chunk.length) receiver.write(chunk);
  else receiver.write(chunk.subarray(0, Math.max(0, left)), () => receiver.destroy());
}

async function writeSlowly(client: Socket, upstream: Socket, chunk: Buffer, portionBytes: number): Promise<void> {
  upstream.pause();
  for (let at = 0; at < chunk.length && !client.destroyed; at += portionBytes) {
    client.write(chunk.subarray(at, at + portionBytes));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  upstream.resume();
}
