import { showName, showText } from '../../view/show-text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for HTML, as content and in quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);

/** Writes a sentence as people see it. */
export const writeText = (text: string): string => escapeHtml(showText(text));

/** Writes a name or a cell as people see it. */
export const writeName = (text: string): string => escapeHtml(showName(text));
