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
  const visit = (schema: JsonSchema, path: string, seen: readonly string[]): void => {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.replace('#/$defs/', '');
      if (!seen.includes(name)) visit(root.$defs?.[name] as JsonSchema, path, [...seen, name]);
    }
    const { type, unit, enum: words, const: constant, required = [], properties = {} } = schema;
    if (type !== undefined || words !== undefined || constant !== undefined) {
      const kind = JSON.stringify({ type, unit, words: [...(words ?? []), ...('const' in schema ? [constant] : [])] });
      found.set(path, { kind: `${found.get(path)?.kind ?? ''}${kind}` });
    }
    for (const [key, own] of Object.entries(properties)) {
      visit(own, `${path}.${key}${required.includes(key) ? '' : '?'}`, seen);
    }
    if (schema.items) visit(schema.items, `${path}[]`, seen);
    if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}.*`, seen);
    for (const [i, own] of (schema.prefixItems ?? []).entries()) visit(own, `${path}[${i}]`, seen);
    for (const own of schema.anyOf ?? []) visit(own, path, seen);
  };
  visit(root, '', []);
  return found;
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
