import { loadFonts } from '../../src/cli/fonts.ts';

const bundled = loadFonts();

/** Gives the bundled fonts, the same ones to every chart: to look into them takes as long as a small chart. */
export const bundledFonts = (): ReturnType<typeof loadFonts> => bundled;
