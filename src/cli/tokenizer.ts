import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../sources/index.ts';

/** The tokenizer that the build compiled and put beside the bundle. */
export const loadTokenizer = (): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(join(packageRoot(), 'dist/tokenizer.wasm')));
