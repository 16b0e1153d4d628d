import type { Palette } from '../../view/view.ts';
import type { ThemeName } from '../report.ts';
import { BOLD_WEIGHT, FONT_FAMILY } from './fonts.ts';

/** Font size in CSS pixels: 8 pt at print size is 10.67; nothing is set smaller. */
export const FONT_SIZE = 11;

/**
 * The palettes follow Okabe & Ito 2008, whose colours stay apart with every kind of colour vision; on dark in lighter versions of the
 * same hues. `paper` is pure ink on white.
 */
export const PALETTES: Readonly<Record<ThemeName, Palette>> = {
  light: {
    background: '#ffffff',
    ink: '#1b1f24',
    muted: '#57606a',
    faint: '#d8dee4',
    pale: '#9aa4ae',
    categories: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b38600', '#3d8fc2', '#7a4fa3', '#6e7781'],
    gain: '#0072b2',
    loss: '#d55e00',
    uncertain: '#6e7781',
  },
  dark: {
    background: '#14171c',
    ink: '#e9edf1',
    muted: '#a9b3be',
    faint: '#3a424c',
    pale: '#65707c',
    categories: ['#56b4e9', '#ff9a52', '#2fc79a', '#e8a5cb', '#f0e442', '#9ad1f2', '#c3a1e6', '#a9b3be'],
    gain: '#56b4e9',
    loss: '#ff9a52',
    uncertain: '#a9b3be',
  },
  paper: {
    background: '#ffffff',
    ink: '#000000',
    muted: '#333333',
    faint: '#cccccc',
    pale: '#999999',
    categories: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#56b4e9', '#5b3a80', '#555555'],
    gain: '#005b8f',
    loss: '#b34f00',
    uncertain: '#555555',
  },
};

/** Creates the Vega-Lite config of a theme: fonts, sizes and quiet axes. */
export function themeConfig(palette: Palette): Record<string, unknown> {
  const text = { font: FONT_FAMILY, fontSize: FONT_SIZE, color: palette.ink };
  return {
    background: palette.background,
    font: FONT_FAMILY,
    view: { stroke: null },
    text: { ...text, fill: palette.ink },
    axis: {
      labelFont: FONT_FAMILY,
      labelFontSize: FONT_SIZE,
      labelColor: palette.muted,
      titleFont: FONT_FAMILY,
      titleFontSize: FONT_SIZE,
      titleFontWeight: 'normal',
      titleColor: palette.ink,
      gridColor: palette.faint,
      gridWidth: 0.5,
      domainColor: palette.muted,
      domainWidth: 0.75,
      tickColor: palette.muted,
      tickWidth: 0.75,
      tickSize: 3,
    },
    // Labels stand under their ticks, also at the ends of an axis.
    axisX: { labelFlush: false },
    legend: {
      labelFont: FONT_FAMILY,
      labelFontSize: FONT_SIZE,
      labelColor: palette.ink,
      titleFont: FONT_FAMILY,
      titleFontSize: FONT_SIZE,
      titleFontWeight: BOLD_WEIGHT,
      titleColor: palette.ink,
      symbolStrokeWidth: 1.5,
      // Several legends stand below each other: beside each other they may be wider than the picture.
      layout: { bottom: { anchor: 'start', direction: 'vertical', margin: 6 } },
    },
    header: {
      labelFont: FONT_FAMILY,
      labelFontSize: FONT_SIZE,
      labelFontWeight: BOLD_WEIGHT,
      labelColor: palette.ink,
      titleFont: FONT_FAMILY,
      titleFontSize: FONT_SIZE,
      titleColor: palette.ink,
    },
    title: {
      font: FONT_FAMILY,
      fontSize: FONT_SIZE,
      fontWeight: BOLD_WEIGHT,
      color: palette.ink,
      subtitleFont: FONT_FAMILY,
      subtitleFontSize: FONT_SIZE,
      subtitleColor: palette.muted,
      anchor: 'start',
      frame: 'bounds',
      lineHeight: FONT_SIZE * 1.3,
      subtitleLineHeight: FONT_SIZE * 1.3,
      offset: 8,
    },
    range: { category: palette.categories },
  };
}
