/** Makes a mark say what it stands for, from the field `about` of its data: SVG shows it to pointers and screen readers. */
export const ABOUT = { mark: { aria: true }, encoding: { description: { field: 'about' } } } as const;
