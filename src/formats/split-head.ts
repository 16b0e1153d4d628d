import { isObject } from '../model/json.ts';
import { CsvRow } from './csv-row.ts';
import { chooseDelimiter } from './csv-rows.ts';

/**
 * Splits the first row of an input that begins so into the names of its columns: the cells of a header, or the fields of the first
 * JSON object, alone or in an array, and behind them the paths, with a dot, to the fields of objects in it. Empty where the head
 * holds neither as a whole.
 */
export const splitHead = (head: string): readonly string[] =>
  /^[[{]/.test(head) ? listFields(head) : splitHeader(head);

function splitHeader(head: string): readonly string[] {
  const lines = Buffer.from(head, 'latin1')
    .toString('utf8')
    .split(/\r\n|\r|\n/);
  const line = lines.find((text) => !/^"?sep=(.)"?\s*$/i.test(text)) ?? '';
  const row = new CsvRow(chooseDelimiter(line));
  return row.read(line, 0) === 'whole' ? row.cells.map((name) => name.trim()) : [];
}

function listFields(head: string): readonly string[] {
  const from = head.indexOf('{');
  // What stands before it is an array's bracket, or this is no array of objects.
  if (from < 0 || !/^\[?\s*$/.test(head.slice(0, from))) return [];
  const to = findObjectEnd(head, from);
  if (to === null) return [];
  try {
    // Python writes NaN, which JSON has no word for.
    const text = Buffer.from(head.slice(from, to), 'latin1').toString('utf8');
    const first = JSON.parse(text.replace(NOT_FINITE, (token) => (token.startsWith('"') ? token : 'null')));
    const inner = Object.keys(first).filter((name) => isObject(first[name]));
    return [...Object.keys(first), ...inner.flatMap((name) => Object.keys(first[name]).map((own) => `${name}.${own}`))];
  } catch {
    return [];
  }
}

const NOT_FINITE = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g;

/** Finds the offset behind the object that begins at another; `null`: it does not end here. */
function findObjectEnd(head: string, from: number): number | null {
  const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/g;
  tokens.lastIndex = from;
  let depth = 0;
  for (let found = tokens.exec(head); found !== null; found = tokens.exec(head)) {
    const [token] = found;
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth === 0) return tokens.lastIndex;
  }
  return null;
}
