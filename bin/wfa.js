#!/usr/bin/env node
import module from 'node:module';

module.enableCompileCache?.();
const { main } = await import('../dist/main.js').catch((error) => {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  process.stderr.write('wfa: too many files are open.\n  Allow more of them: ulimit -n 256\n');
  process.exit(2);
});
process.exit(await main(process.argv.slice(2), process));
