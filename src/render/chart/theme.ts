import type { Palette } from '../../view/view.ts';
import type { ThemeName } from '../report.ts';
import { BOLD_WEIGHT, FONT_FAMILY } from './fonts.ts';

/** Font size in CSS pixels: 8 pt at print size is 10.67; nothing is set smaller. */
export const FONT_SIZE = 11;

/** Colours of activities on white. */
const ACTIVITIES_ON_WHITE: Palette['activities'] = {
  startup: '#2062aa',
  execution: '#e26211',
  queueing: '#fcd817',
  'input-wait': '#79cab1',
  upload: '#018474',
  'dependency-update': '#4b284e',
  invocation: '#cd85dc',
  other: '#4a4c48',
  idle: '#e690a3',
  tail: '#ced6dc',
};

/** Colours of things without a meaning of their own on white. */
const CATEGORIES_ON_WHITE = ['#0055af', '#eb1302', '#237649', '#772a4c', '#b9b45e', '#3a8fac', '#382577', '#8c989a'];

/**
 * The colours come from a search for the largest least CIEDE2000 difference between any two that can touch, as people with normal
 * vision, protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009) and printers without colour show them;
 * `test/render/palette.test.ts` computes them again. `paper` is pure ink on white.
 */
export const PALETTES: Readonly<Record<ThemeName, Palette>> = {
  light: {
    background: '#ffffff',
    ink: '#1b1f24',
    muted: '#57606a',
    faint: '#d8dee4',
    pale: '#9aa4ae',
    activities: ACTIVITIES_ON_WHITE,
    categories: CATEGORIES_ON_WHITE,
    gain: '#0060a0',
    loss: '#dd6000',
    uncertain: '#6e7781',
  },
  dark: {
    background: '#14171c',
    ink: '#e9edf1',
    muted: '#a9b3be',
    faint: '#3a424c',
    pale: '#65707c',
    activities: {
      startup: '#79bef3',
      execution: '#eb8553',
      queueing: '#f3ce2d',
      'input-wait': '#436140',
      upload: '#639876',
      'dependency-update': '#545fcf',
      invocation: '#887393',
      other: '#ebefec',
      idle: '#bb767c',
      tail: '#5a5f64',
    },
    categories: ['#3d89e6', '#f4701d', '#45866a', '#e49390', '#f8cb5f', '#87c2ec', '#875f8b', '#ebe6ef'],
    gain: '#7cc8f5',
    loss: '#ee6f1f',
    uncertain: '#a9b3be',
  },
  paper: {
    background: '#ffffff',
    ink: '#000000',
    muted: '#333333',
    faint: '#cccccc',
    pale: '#999999',
    activities: ACTIVITIES_ON_WHITE,
    categories: CATEGORIES_ON_WHITE,
    gain: '#004a86',
    loss: '#d55e00',
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
    // Only marks with words of their own are described: places in pixels tell nobody anything.
    mark: { aria: false },
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
