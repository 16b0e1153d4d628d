/** Writes a picture shorter, which looks and answers the same: thousands of marks are most of a page. */
export const compact = (svg: string): string => hoistLooks(drawCircles(roundPlaces(withoutNeedless(svg))));

/** Leaves out what is so anyway, names of groups that nothing refers to, and groups without marks. */
const withoutNeedless = (svg: string): string =>
  svg
    .replace(/<(path|text|line) aria-hidden="true"/g, '<$1')
    .replace(/<g[^<>]*>/g, (group) => group.replace(/ class="[^"]*"/g, ''))
    .replace(/ (?:opacity|stroke-width)="1"/g, '')
    .replace(/<g[^<>]*(?:\/>|><\/g>)/g, '');

/** Rounds places to hundredths of a pixel: nobody sees more, and the digits are a third of a picture. */
const roundPlaces = (svg: string): string =>
  svg.replace(/ (?:d|transform|[xy][12]?|width|height)="[^"<>]*"/g, (attribute) =>
    attribute.replace(/\d+\.\d{3,}(?!\d*e)/g, (digits) => String(Math.round(Number(digits) * 100) / 100)),
  );

/** Vega draws a circle as a path of two arcs. */
const CIRCLE = / d="M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0"/;

const drawCircles = (svg: string): string =>
  svg.replace(/<path([^<>]*)(\/>|><title>[^<]*<\/title><\/path>)/g, (path, attributes: string, end: string) =>
    CIRCLE.test(attributes)
      ? `<circle${attributes.replace(CIRCLE, ' r="$1"')}${end.replace('</path>', '</circle>')}`
      : path,
  );

/** Looks that marks take over from their group where they say nothing else. */
const INHERITED = ['fill', 'stroke', 'stroke-width', 'font-family', 'font-size', 'font-weight', 'text-anchor'];
/** A group of marks alone. */
const LEAF = /^<g([^<>]*)>(.*)<\/g>$/s;

/** Says what most marks of a group share once, where all of them say something. */
const hoistLooks = (svg: string): string =>
  svg
    .split(/(?=<g[ >])|(?<=<\/g>)/)
    .map((part) => {
      const [, own, marks] = LEAF.exec(part) ?? [];
      return own === undefined || marks === undefined ? part : hoistInto(own, marks);
    })
    .join('');

const MARK = /<(?:path|circle|line|rect|text)\b[^<>]*>/g;

function hoistInto(own: string, marks: string): string {
  let [attributes, inner] = [own, marks];
  for (const name of INHERITED) {
    const value = own.includes(` ${name}="`) ? null : findShared(inner, name);
    if (value === null) continue;
    const shared = ` ${name}="${value}"`;
    attributes += shared;
    inner = inner.replace(MARK, (mark) => mark.replace(shared, ''));
  }
  return `<g${attributes}>${inner}</g>`;
}

/** The value that most marks have for an attribute; `null` where one mark has none, or there are no two marks. */
function findShared(marks: string, name: string): string | null {
  const counts = new Map<string, number>();
  const attribute = new RegExp(` ${name}="([^"]*)"`);
  for (const [mark] of marks.matchAll(MARK)) {
    const value = attribute.exec(mark)?.[1];
    if (value === undefined) return null;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most === undefined || most[1] < 2 ? null : most[0];
}
