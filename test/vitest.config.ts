import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build-once.ts', 'test/s3/shared-server.ts'],
    setupFiles: ['test/property-seed.ts'],
    // The same on every machine: no local time, no local words, no colour, no data or width from the surroundings.
    env: { TZ: 'UTC', LC_ALL: 'C', NO_COLOR: '1', WFA_DATA: '', XDG_CACHE_HOME: '/dev/null', COLUMNS: '80' },
    testTimeout: 30_000,
    // Files of one worker share the modules that they load, and the compiled code: anew for each file they cost 0.8 s of CPU time.
    isolate: false,
    // One more than there are cores: workers wait for servers, browsers and other processes a third of their time.
    maxWorkers: availableParallelism() + 1,
    // Tests that may run beside each other start processes of their own.
    maxConcurrency: availableParallelism(),
  },
});
