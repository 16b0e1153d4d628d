import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../sources/index.ts';

/** The program that the build compiled and put beside the bundle. */
export const loadScanner = (): WebAssembly.Instance =>
  new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(packageRoot(), 'dist/scanner.wasm'))));
