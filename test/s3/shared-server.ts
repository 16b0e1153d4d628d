import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type S3Server, startS3Server } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files ask for the server: the first one has it started. */
    readonly s3ServerDesk: string;
  }
}

/** One S3 server for all test files, started only when one asks for it (`useS3Server`). */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<S3Server> | undefined;
  const desk = createServer((_, answer) => {
    starting ??= startS3Server();
    starting.then(
      ({ port }) => answer.end(String(port)),
      (error) => answer.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  provide('s3ServerDesk', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);
  return async () => {
    desk.closeAllConnections();
    desk.close();
    await starting?.then((server) => server.stop()).catch(() => {});
  };
}
