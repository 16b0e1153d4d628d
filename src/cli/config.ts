import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findPrices } from '../cost/built-in-prices.ts';
import { UserError } from '../errors.ts';
import type { CommonFlags } from './common-flags.ts';
import { THEMES } from './common-flags.ts';
import { readText } from './read-text.ts';

/** Defaults of a project: `wfa.config.json`, or the key `wfa` of a package.json, in the working directory or one above. Flags win. */

/** The flags that a configuration can stand for, and what is theirs alone to say. */
export interface Configured
  extends Pick<CommonFlags, 'data' | 'workflow' | 'planner' | 'sla' | 'where' | 'since' | 'until' | 'theme'> {
  /** The prices of costs that are asked for without `--prices`; a path is absolute. */
  readonly prices?: string;
}

/** Reads the nearest configuration above a directory; empty without one. `UserError` when it cannot be understood. */
export async function readConfig(directory: string): Promise<Configured> {
  for (const folder of listUpwards(directory)) {
    const found = (await readPart(join(folder, 'wfa.config.json'), (json) => json)) ?? (await readPackage(folder));
    if (found !== undefined) return checkConfig(found.json, found.path, folder);
  }
  return {};
}

function listUpwards(directory: string): string[] {
  const folders = [resolve(directory)];
  for (let folder = dirname(folders[0] as string); folder !== folders.at(-1); folder = dirname(folder)) {
    folders.push(folder);
  }
  return folders;
}

interface Found {
  readonly json: unknown;
  readonly path: string;
}

/** A package.json that is none of wfa's business is passed over, whatever is wrong with it. */
const readPackage = (folder: string): Promise<Found | undefined> =>
  readPart(join(folder, 'package.json'), (json) => (json as { wfa?: unknown } | null)?.wfa).catch(() => undefined);

async function readPart(path: string, pick: (json: unknown) => unknown): Promise<Found | undefined> {
  // A pipe of that name has no end.
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const text = isFile ? await readText(path, path) : null;
  if (text === null) return undefined;
  try {
    const json = pick(JSON.parse(text));
    return json === undefined ? undefined : { json, path };
  } catch (cause) {
    throw new UserError('bad-option', `${path} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

async function checkConfig(json: unknown, path: string, folder: string): Promise<Configured> {
  const { z } = await import('zod');
  const texts = z.union([
    z
      .string()
      .min(1)
      .transform((text) => [text]),
    z.array(z.string().min(1)),
  ]);
  const schema = z.strictObject({
    data: texts.optional(),
    workflow: texts.optional(),
    planner: texts.optional(),
    sla: texts.optional(),
    where: texts.optional(),
    since: z.string().optional(),
    until: z.string().optional(),
    theme: z.enum(THEMES).optional(),
    prices: z.string().min(1).optional(),
  });
  const checked = schema.safeParse(json);
  if (checked.success) {
    const { data, prices, ...others } = checked.data;
    return {
      ...(data ? { data: data.map((spec) => fromFolder(spec, folder)) } : {}),
      ...(prices === undefined ? {} : { prices: findPrices(prices) ? prices : resolve(folder, prices) }),
      ...others,
    } as Configured;
  }
  const [issue] = checked.error.issues;
  const key = issue?.path.join('.');
  throw new UserError('bad-option', `${path}: ${key ? `${key}: ` : ''}${issue?.message}`, {
    hint: `The keys are ${Object.keys(schema.shape).join(', ')}, each as its flag.`,
  });
}

/** Paths are as seen from the file that names them. */
function fromFolder(spec: string, folder: string): string {
  const [, label = '', uri = ''] = /^([A-Za-z0-9_.-]+=)?(.*)$/s.exec(spec) ?? [];
  const isElsewhere = uri === '-' || /^[a-z][a-z0-9+.-]+:/i.test(uri);
  return isElsewhere ? spec : label + resolve(folder, uri);
}
