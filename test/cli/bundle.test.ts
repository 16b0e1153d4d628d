import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyPackage } from '../copy-package.ts';
import { makeScratch } from '../scratch.ts';
import { ROOT, spawnToEnd, wfa } from '../spawn-wfa.ts';

const scratch = makeScratch();
const COMPARE = ['compare', 'uniform', 'non-uniform', '--data', 'sample:', '--format', 'json'];

/** How many modules a command loaded, and of how many V8 took what was compiled ahead. */
async function countCompiled(folder: string): Promise<{ loaded: number; taken: number }> {
  const program = `
    const { Script } = require('node:vm');
    let [loaded, taken] = [0, 0];
    require('node:vm').Script = class extends Script {
      constructor(source, options) {
        super(source, options);
        loaded++;
        if (this.cachedDataRejected === false) taken++;
      }
    };
    const { load } = require('${folder}/dist/bundle.cjs');
    const quiet = { write: (_text, done) => done(), once() {}, off() {} };
    load('main').main(${JSON.stringify(COMPARE)}, { stdout: quiet, stderr: quiet, env: {} })
      .then((status) => console.log(JSON.stringify({ status, loaded, taken })));
  `;
  const { stdout } = await spawnToEnd(process.execPath, ['-e', program]);
  const { status, loaded, taken } = JSON.parse(stdout);
  expect(status).toBe(0);
  return { loaded, taken };
}

test('modules are compiled ahead, and V8 takes all of them', async () => {
  const { loaded, taken } = await countCompiled(ROOT);
  expect(loaded).toBeGreaterThan(10);
  expect(taken).toBe(loaded);
});

test('what another Node compiled, or nothing at all, changes no result', async () => {
  const bare = copyPackage(scratch.path('bare'));
  rmSync(join(bare, 'dist/compiled'), { recursive: true });
  expect((await countCompiled(bare)).taken).toBe(0);
  const foreign = copyPackage(scratch.path('foreign'));
  const [version] = readdirSync(join(foreign, 'dist/compiled'));
  const folder = join(foreign, 'dist/compiled', version as string);
  // The wrong module's code is refused by V8 itself.
  cpSync(join(folder, 'piece-thread.cjs.bin'), join(folder, 'main.cjs.bin'));
  const expected = await wfa(COMPARE);
  for (const copy of [bare, foreign]) {
    const ended = await spawnToEnd(process.execPath, [join(copy, 'bin/wfa.js'), ...COMPARE]);
    expect(ended).toEqual(expected);
  }
});
