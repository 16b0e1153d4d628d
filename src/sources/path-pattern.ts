import picomatch from 'picomatch';
import type { PathPattern, Segment } from './find-files.ts';

/** Recognizes a path that may be a pattern. */
export const isPattern = (path: string): boolean => /[*?[{]/.test(path);

/** Parses a glob to patterns, several where braces hold slashes. Names that begin with . or _ are only taken by segments that do. */
export const parseGlob = (glob: string): PathPattern[] => spreadBraces(glob).map(parsePath);

function parsePath(glob: string): PathPattern {
  const parts = glob.split('/');
  const first = parts.findIndex((part) => isPattern(part) || /[!+@]\(/.test(part));
  const at = first < 0 ? parts.length - 1 : first;
  const root = parts.slice(0, at).join('/');
  const isAbsolute = at > 0 && root === '';
  return {
    root: isAbsolute ? '/' : root,
    segments: parts
      .slice(at)
      .filter((part) => part !== '')
      .map(toSegment),
  };
}

function toSegment(part: string): Segment {
  if (part === '**') return '**';
  const isLiteral = !isPattern(part) && !/[!+@]\(|\\/.test(part);
  // Shells write [!a] for what is [^a] here.
  const takes = isLiteral
    ? (name: string) => name === part
    : picomatch(part.replace(/(?<!\\)\[!/g, '[^'), { nonegate: true, dot: true });
  return { takes, takesHidden: /^[._]/.test(part) };
}

/** Writes out the first braces with a slash in them, and so on: what is left can be matched name by name. */
function spreadBraces(glob: string): string[] {
  for (let from = glob.indexOf('{'); from >= 0; from = glob.indexOf('{', from + 1)) {
    const alternatives = splitBraces(glob, from);
    if (alternatives === null || !alternatives.some((text) => text.includes('/'))) continue;
    const [before, after] = [glob.slice(0, from), glob.slice(from + alternatives.join(',').length + 2)];
    return alternatives.flatMap((text) => spreadBraces(before + text + after));
  }
  return [glob];
}

/** Splits what stands in the braces that open at `from` at its own commas; `null` where they do not close. */
function splitBraces(glob: string, from: number): string[] | null {
  const alternatives = [''];
  let depth = 0;
  for (const character of glob.slice(from + 1)) {
    if (character === '}' && depth === 0) return alternatives;
    if (character === ',' && depth === 0) alternatives.push('');
    else alternatives[alternatives.length - 1] += character;
    depth += character === '{' ? 1 : character === '}' ? -1 : 0;
  }
  return null;
}
