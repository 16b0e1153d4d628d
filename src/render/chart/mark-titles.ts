/** A mark as Vega draws it that has a description: `aria-label` holds it, escaped. */
const DESCRIBED =
  /<(\w+)([^<>]*?) aria-label="([^"]+)" role="graphics-symbol" aria-roledescription="[^"]*"([^<>]*?)\/>/g;

/** Gives each mark that has a description a `<title>`: pointers show it, screen readers read it. */
export const titleMarks = (svg: string): string =>
  svg.replace(
    DESCRIBED,
    (_, tag: string, before: string, label: string, after: string) =>
      `<${tag}${before} role="img"${after}><title>${label.replaceAll('>', '&#62;').replaceAll('<', '&#60;')}</title></${tag}>`,
  );
