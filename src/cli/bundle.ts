import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

/**
 * Loads the modules of the bundle together with what V8 made of them when the package was built: to compile them anew takes a
 * good part of the time of a short command. V8 itself refuses what it did not make; without it, modules are compiled as ever.
 */

interface Loaded {
  exports: Record<string, unknown>;
  readonly script: Script;
}

const dist = __dirname;
/** Of this very version of Node, whatever V8 would accept. */
const compiledFolder = join(dist, 'compiled', `${process.version}-${process.arch}`);
const loaded = new Map<string, Loaded>();
const requireBuiltin = createRequire(__filename);
/** Modules of Node that take milliseconds to load and that most commands never touch: they are loaded when they are. */
const RARE = new Set([
  'node:child_process',
  'node:crypto',
  'node:fs/promises',
  'node:net',
  'node:timers/promises',
  'node:v8',
  'node:worker_threads',
  'node:zlib',
]);

/** The exports of a module of the bundle, by its name. */
export const load = (name: string): Record<string, unknown> => loadFile(join(dist, `${name}.cjs`));

function loadFile(file: string): Record<string, unknown> {
  const known = loaded.get(file);
  if (known !== undefined) return known.exports;
  const cachedData = readCompiled(file);
  const source = `(function(exports,require,module,moduleUrl){${readFileSync(file, 'utf8')}\n})`;
  const script = new Script(source, { filename: file, ...(cachedData === null ? {} : { cachedData }) });
  const module = { exports: {}, script };
  loaded.set(file, module);
  const require = (name: string): unknown =>
    name.startsWith('.') ? loadFile(resolve(dirname(file), name)) : loadBuiltin(name);
  script.runInThisContext()(module.exports, require, module, pathToFileURL(file).href);
  module.exports = settle(module.exports);
  return module.exports;
}

/**
 * A module exports by getters, through which V8 does not see: every use elsewhere would be two calls. What has a value when the module
 * has run keeps it (the build makes sure of that); what has none yet gets its only one later.
 */
function settle(exports: Record<string, unknown>): Record<string, unknown> {
  const settled: Record<string, unknown> = {};
  for (const name of Object.keys(exports)) {
    const value = exports[name];
    if (value === undefined) Object.defineProperty(settled, name, { enumerable: true, get: () => exports[name] });
    else settled[name] = value;
  }
  return Object.defineProperty(settled, '__esModule', { value: true });
}

function loadBuiltin(name: string): unknown {
  if (!RARE.has(name)) return requireBuiltin(name);
  // Who takes all that a module has (`* as`) asks for its keys.
  return new Proxy(
    {},
    { get: (_, key) => requireBuiltin(name)[key], ownKeys: () => Reflect.ownKeys(requireBuiltin(name)) },
  );
}

function readCompiled(file: string): Buffer | null {
  try {
    return readFileSync(compiledPath(file));
  } catch {
    return null;
  }
}

const compiledPath = (file: string): string => join(compiledFolder, `${basename(file)}.bin`);

/** What V8 has compiled by now of the modules that are loaded, and where it is looked for: the build keeps it. */
export const compiled = (): { readonly path: string; readonly bytes: Buffer }[] =>
  [...loaded].map(([file, { script }]) => ({ path: compiledPath(file), bytes: script.createCachedData() }));
