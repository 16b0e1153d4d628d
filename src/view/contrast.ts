/** Chooses the colour with the higher contrast to `fill` (WCAG 2). All as `#rrggbb`. */
export function readableOn(fill: string, first: string, second: string): string {
  const contrast = (color: string) => {
    const [dark = 0, light = 0] = [luminanceOf(color), luminanceOf(fill)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  return contrast(first) >= contrast(second) ? first : second;
}

/** Computes the relative luminance as WCAG 2 defines it. */
function luminanceOf(color: string): number {
  const channel = (at: number) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
