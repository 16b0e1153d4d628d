// Bundles wfa into dist/: split, so that each command loads only what it uses, and minified, because parsing costs start-up.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';
import subsetFont from 'subset-font';
import { collectLicenses } from './licenses.mjs';

const require = createRequire(import.meta.url);
const { dependencies } = JSON.parse(await readFile('package.json', 'utf8'));

/** No collector, because nothing is allocated; the memory of layout.ts. */
const ASSEMBLY_FLAGS = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--noAssert', '--initialMemory', '512'];

await rm('dist', { recursive: true, force: true });
const { metafile, outputFiles } = await build({
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Vega-Lite has one key twice.
  logOverride: { 'duplicate-object-key': 'silent' },
  entryPoints: { main: 'src/cli/main.ts', thread: 'src/engine/thread.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  write: false,
  // CommonJS packages ask for Node's modules so.
  banner: { js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);" },
  // The S3 SDK's CommonJS is one heap of 436 kB; its modules leave out what is not used (70 instead of 105 ms to load).
  mainFields: ['module', 'main'],
  external: Object.keys(dependencies),
  chunkNames: 'chunks/[name]-[hash]',
  // The other one looks for a canvas that is not installed, and waits for it at the top level of its module.
  alias: { 'vega-canvas': './node_modules/vega-canvas/build/vega-canvas.browser.js' },
  metafile: true,
});
for (const { path, contents } of outputFiles) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

// A report carries these two in itself: its policy names their digests, so that they are one file each.
await build({
  entryPoints: ['src/render/html/client/page.js', 'src/render/html/client/page.css'],
  outdir: 'dist',
  entryNames: 'report-[name]',
  minify: true,
  target: ['chrome109', 'firefox115', 'safari16.4'],
  format: 'iife',
  bundle: true,
  legalComments: 'none',
  logLevel: 'warning',
});

const scanner = await asc.main(['src/scanner/assembly/scan.ts', '--outFile', 'dist/scanner.wasm', ...ASSEMBLY_FLAGS], {
  stdout: process.stderr,
  stderr: process.stderr,
});
if (scanner.error) throw scanner.error;
// The package's own loader goes through `fetch`, which takes 150 ms to start.
const [, decoder] = /\bwasm = "([^"]+)"/.exec(await readFile(require.resolve('zstddec/stream'), 'utf8'));
await writeFile('dist/zstd.wasm', Buffer.from(decoder, 'base64'));
// What one build keeps in the user's cache no other one may take for its own.
const digest = createHash('sha256');
for (const { contents } of outputFiles) digest.update(contents);
await writeFile('dist/build.sha256', digest.update(await readFile('dist/scanner.wasm')).digest('hex'));

/** Latin, Greek, punctuation, arrows and mathematics: what charts write. */
const EMBEDDED = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x391, 0x3c9],
  [0x2010, 0x2027],
  [0x2030, 0x203a],
  [0x2070, 0x208e],
  [0x2190, 0x2199],
  [0x2212, 0x2212],
  [0x221a, 0x221e],
  [0x2248, 0x2265],
  [0x25a0, 0x25ff],
]
  .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)))
  .join('');

await mkdir('dist/fonts');
for (const [name, file] of [
  ['Inter-Regular', '400Regular/Inter_400Regular.ttf'],
  ['Inter-SemiBold', '600SemiBold/Inter_600SemiBold.ttf'],
]) {
  const ttf = await readFile(require.resolve(`@expo-google-fonts/inter/${file}`));
  await writeFile(`dist/fonts/${name}.ttf`, ttf);
  await writeFile(`dist/fonts/${name}.woff2`, await subsetFont(ttf, EMBEDDED, { targetFormat: 'woff2' }));
}
await writeFile('dist/fonts/LICENSE', await readFile(require.resolve('@expo-google-fonts/inter/LICENSE_FONT')));
await writeFile('dist/wfa.1', execFileSync(process.execPath, ['bin/wfa.js', 'help', '--man']));
await writeFile(
  'dist/third-party-licenses.txt',
  await collectLicenses([...Object.keys(metafile.inputs), 'node_modules/zstddec/dist/zstddec-stream.mjs']),
);
