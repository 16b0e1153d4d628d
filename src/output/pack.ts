import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline, Readable, type Transform } from 'node:stream';
import { pipeline as pipelineToEnd } from 'node:stream/promises';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { UserError } from '../errors.ts';
import type { Chunks } from './write.ts';

/** Packs what is written, as the output's name asks for. */

export type Packing = (chunks: Chunks) => Chunks;

/** By the ending: .gz, .zst, or not at all. `UserError` when nothing here writes zstd. */
export async function choosePacking(path: string | null): Promise<Packing> {
  if (path !== null && /\.gz$/i.test(path)) return (chunks) => transform(chunks, zlib.createGzip());
  if (path === null || !/\.zst$/i.test(path)) return (chunks) => chunks;
  // Only newer nodes (22.15) have it.
  const { createZstdCompress } = zlib as { readonly createZstdCompress?: () => Transform };
  if (createZstdCompress) return (chunks) => transform(chunks, createZstdCompress());
  await promisify(execFile)('zstd', ['--version']).catch(() => {
    throw new UserError('bad-option', `--output '${path}': this node writes no zstd, and there is no program zstd`, {
      hint: 'Install zstd, run wfa with node 22.15 or newer, or let the output end in .gz',
    });
  });
  return packByProgram;
}

/** The callback only keeps the pipeline's error from being thrown a second time: the iteration throws it. */
const transform = (chunks: Chunks, packing: Transform): Chunks => pipeline(Readable.from(chunks), packing, () => {});

async function* packByProgram(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const program = spawn('zstd', ['--quiet', '--stdout'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(program, 'close');
  const fed = pipelineToEnd(Readable.from(chunks), program.stdin);
  // Both are met below, after the output's end.
  fed.catch(() => {});
  ended.catch(() => {});
  try {
    yield* program.stdout;
    await fed;
    const [status] = await ended;
    if (status !== 0) throw new Error(`zstd ended with status ${status}`);
  } finally {
    program.kill();
  }
}
