import { showText } from '../../view/show-text.ts';

/** Keys of a specification under which texts stand that are drawn. */
const DRAWN = new Set(['text', 'subtitle']);
/** And those of which a reader hears, or sees below a pointer. */
const SHOWN = new Set([...DRAWN, 'about']);

/** Shows every text that a specification draws as people see it: titles, texts of marks, those in the data and descriptions of marks. */
export function showTexts(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(showTexts);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, part]) => [key, SHOWN.has(key) ? showDrawn(part) : showTexts(part)]);
  return Object.fromEntries(entries);
}

function showDrawn(part: unknown): unknown {
  if (typeof part === 'string') return showText(part);
  return Array.isArray(part) ? part.map(showDrawn) : showTexts(part);
}

/** Lists the texts that a specification draws. */
export function listTexts(node: unknown, isDrawn = false): string[] {
  if (typeof node === 'string') return isDrawn ? [node] : [];
  if (Array.isArray(node)) return node.flatMap((part) => listTexts(part, isDrawn));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, part]) => listTexts(part, DRAWN.has(key)));
}
