// Runs what people run most, and keeps what V8 compiled meanwhile: dist/compiled/, where bundle.ts looks for it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { compiled, load } from '../dist/bundle.cjs';

const COMMANDS = [
  '--help',
  'compare --help',
  'runs',
  'compare uniform non-uniform',
  'compare uniform non-uniform --format json',
  'compare uniform non-uniform --format csv',
  'compare uniform non-uniform --format svg',
  'preload --planner non-uniform-opt',
  'accuracy',
  'sla',
  'breakdown',
  'prewarm',
  'taskdup',
  'workers',
];

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
// Else V8 forgets what has not run for a while.
setFlagsFromString('--no-flush-bytecode');
const { main } = load('main');
load('piece-thread');
for (const command of COMMANDS) {
  const args = command.includes('--help') ? [] : ['--data', 'sample:'];
  const status = await main([...command.split(' '), ...args], { stdout: nowhere(), stderr: nowhere(), env: {} });
  if (status !== 0) throw new Error(`wfa ${command}: status ${status}`);
}
// As it is where it will be read: V8 refuses what was compiled under other flags.
setFlagsFromString('--flush-bytecode');
for (const { path, bytes } of compiled()) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
