import type { JsonSchema, ResultSchema } from '../../src/analyses/result-schema.ts';

/** How much a change of a schema raises its version. */
export type Raise = 'none' | 'patch' | 'minor' | 'major';

/** Compares two schemas by what programs that read results see of them. */
export function judgeChange(before: JsonSchema, after: JsonSchema): Raise {
  const [old, now] = [listKeys(before), listKeys(after)];
  const isGone = [...old].some(([path, { kind }]) => !now.has(path) || !isExtended(kind, now.get(path)?.kind ?? ''));
  if (isGone) return 'major';
  const isMore = [...now].some(([path, { kind }]) => old.get(path)?.kind !== kind);
  if (isMore) return 'minor';
  return JSON.stringify(before) === JSON.stringify(after) ? 'none' : 'patch';
}

/** Whether the version was raised by at least so much. */
export function isRaised(from: string, to: string, raise: Raise): boolean {
  const [a, b] = [from, to].map((version) => version.split('.').map(Number)) as [number[], number[]];
  const at = a.findIndex((part, i) => part !== b[i]);
  if (at === -1) return raise === 'none';
  const raised = (['major', 'minor', 'patch'] as const)[at] as Raise;
  const order: readonly Raise[] = ['none', 'patch', 'minor', 'major'];
  return (b[at] as number) > (a[at] as number) && order.indexOf(raised) >= order.indexOf(raise);
}

/** Says what is to be done about a schema that is no longer the committed one; `null`: nothing, it may be written. */
export function refuseChange(before: ResultSchema, after: ResultSchema, name: string): string | null {
  const raise = judgeChange(before.schema, after.schema);
  if (isRaised(before.schemaVersion, after.schemaVersion, raise)) return null;
  if (raise === 'none') return before.schemaVersion === after.schemaVersion ? null : `${name}: the version went back`;
  return `${name}: a ${raise} change of the result's keys: raise schemaVersion ${before.schemaVersion} accordingly`;
}

interface Key {
  /** Type, words and unit in one text. */
  readonly kind: string;
}

/** Every key by its path, with references resolved. */
function listKeys(root: JsonSchema): Map<string, Key> {
  const found = new Map<string, Key>();
  const note = (schema: JsonSchema, path: string): void => {
    const { type, unit, enum: words = [] } = schema;
    const all = 'const' in schema ? [...words, schema.const] : words;
    if (type === undefined && all.length === 0) return;
    found.set(path, { kind: `${found.get(path)?.kind ?? ''}${JSON.stringify({ type, unit, words: all })}` });
  };
  const visit = (schema: JsonSchema, path: string, seen: readonly string[]): void => {
    const name = schema.$ref?.replace('#/$defs/', '');
    if (name !== undefined && !seen.includes(name)) visit(root.$defs?.[name] as JsonSchema, path, [...seen, name]);
    note(schema, path);
    for (const [part, own] of listParts(schema)) visit(own, path + part, seen);
  };
  visit(root, '', []);
  return found;
}

/** The schemas inside a schema, each with what it adds to the path. */
function listParts({ required = [], properties = {}, items, additionalProperties, ...others }: JsonSchema) {
  const parts: (readonly [string, JsonSchema])[] = Object.entries(properties).map(([key, own]) => [
    `.${key}${required.includes(key) ? '' : '?'}`,
    own,
  ]);
  if (items) parts.push(['[]', items]);
  if (typeof additionalProperties === 'object') parts.push(['.*', additionalProperties]);
  for (const [i, own] of (others.prefixItems ?? []).entries()) parts.push([`[${i}]`, own]);
  for (const own of others.anyOf ?? []) parts.push(['', own]);
  return parts;
}

/** Whether the later kind is the earlier one with, at most, more words. */
function isExtended(before: string, after: string): boolean {
  if (before === after) return true;
  const parts = (text: string) => /^(\{.*"words":\[)(.*)\]\}$/.exec(text) ?? [];
  const [, head, words = ''] = parts(before);
  const [, headAfter, wordsAfter = ''] = parts(after);
  if (words === '' || head !== headAfter) return false;
  const has = new Set(wordsAfter.split(','));
  return words.split(',').every((word) => has.has(word));
}
