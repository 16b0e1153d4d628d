/** A mark as Vega draws it that has a description: `aria-label` holds it, escaped. */
const DESCRIBED =
  /<(\w+)([^<>]*?) aria-label="([^"]+)" role="graphics-symbol" aria-roledescription="[^"]*"([^<>]*?)\/>/g;

/** Gives each mark that has a description a `<title>`: pointers show it, screen readers read it. */
export const titleMarks = (svg: string): string =>
  svg.replace(DESCRIBED, (_, tag: string, before: string, label: string, after: string) =>
    titleMark(tag, before + after, label),
  );

const titleMark = (tag: string, attributes: string, label: string): string =>
  `<${tag}${attributes} role="img"><title>${label.replaceAll('>', '&#62;').replaceAll('<', '&#60;')}</title></${tag}>`;

/** An element that `redrawTitled` has named. */
const NAMED = /<(\w+) id="wfa-mark-(\d+)"([^<>]*?)\/>/g;

/** Titles the marks of a picture that is redrawn by a program which drops descriptions, but keeps names of elements. */
export function redrawTitled(svg: string, redraw: (svg: string) => string): string {
  const labels: string[] = [];
  const named = svg.replace(DESCRIBED, (_, tag: string, before: string, label: string, after: string) => {
    labels.push(label);
    return `<${tag} id="wfa-mark-${labels.length - 1}"${before}${after}/>`;
  });
  return redraw(named).replace(NAMED, (_, tag: string, mark: string, attributes: string) =>
    titleMark(tag, attributes, labels[Number(mark)] as string),
  );
}
