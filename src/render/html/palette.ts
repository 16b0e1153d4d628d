import type { Palette } from '../../view/view.ts';
import { PALETTES } from '../chart/theme.ts';

/** The colours of a palette by names for a style sheet, such as `ink`; those of activities and categories are numbered, for there are thousands of marks. */
function nameColours({ activities, categories, ...single }: Palette): [name: string, colour: string][] {
  return [
    ...Object.entries(single),
    ...Object.values(activities).map((colour, i): [string, string] => [`a${i + 1}`, colour]),
    ...categories.map((colour, i): [string, string] => [`k${i + 1}`, colour]),
  ];
}

const listVariables = (palette: Palette): string =>
  nameColours(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

/** Writes the colours of both themes as variables of a style sheet; paper is always light. */
export const writeColours = (): string =>
  `:root{${listVariables(PALETTES.light)}}` +
  `@media screen and (prefers-color-scheme:dark){:root{${listVariables(PALETTES.dark)}}}`;

const VARIABLE_OF = new Map(nameColours(PALETTES.light).map(([name, colour]) => [colour, name]));

/** Has the colours of a picture that was drawn in light follow the reader's preference; without a style sheet they stay. */
export const followPreference = (svg: string): string =>
  svg.replace(/<[^<>]+>/g, (tag) =>
    tag.replace(/ (fill|stroke)="(#[0-9a-f]{6})"/g, (all, attribute: string, colour: string) => {
      const name = VARIABLE_OF.get(colour);
      return name === undefined ? all : ` ${attribute}="var(--${name},${colour})"`;
    }),
  );
