import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

interface FakeRequest {
  readonly method: string;
  /** As it stands in the request: a proxy is asked by the whole URL. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** A web server on the loopback for one test. */
export interface FakeServer {
  readonly port: number;
  readonly endpoint: string;
  readonly requests: FakeRequest[];
}

/** `connect` has requests for tunnels. */
export async function startHttpServer(
  serve: (request: FakeRequest, answer: ServerResponse) => void,
  connect?: (request: FakeRequest, socket: Socket) => void,
): Promise<FakeServer> {
  const requests: FakeRequest[] = [];
  const note = ({ method = '', url = '', headers }: IncomingMessage) => {
    const request = { method, url, headers };
    requests.push(request);
    return request;
  };
  const server = createServer((incoming, answer) => serve(note(incoming), answer));
  const tunnels = new Set<Socket>();
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    tunnels.add(socket.on('error', () => {}));
    connect?.(note(incoming), socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    for (const socket of tunnels) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { port, endpoint: `http://127.0.0.1:${port}`, requests };
}
