/** Shapes repeat the meaning of colours. Seven against eight colours: the pairs repeat only after 56. */
export const MARK_SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down', 'triangle-right'];
