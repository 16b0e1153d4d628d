import { expect, it } from 'vitest';
import { compact } from '../../src/render/html/compact.ts';

const dot = (x: number, fill: string) =>
  `<path transform="translate(${x},1)" d="M2,0A2,2,0,1,1,-2,0A2,2,0,1,1,2,0" fill="${fill}" role="img"><title>a</title></path>`;

it('draws circles as circles, says shared looks once, and keeps those that differ', () => {
  const marks = `<g class="mark-symbol role-mark x">${dot(1.23456, 'red')}${dot(2, 'red')}${dot(3, 'blue')}</g>`;
  expect(compact(`<svg><g transform="translate(0,0)">${marks}</g></svg>`)).toBe(
    '<svg><g transform="translate(0,0)"><g fill="red">' +
      '<circle transform="translate(1.23,1)" r="2" role="img"><title>a</title></circle>' +
      '<circle transform="translate(2,1)" r="2" role="img"><title>a</title></circle>' +
      '<circle transform="translate(3,1)" r="2" fill="blue" role="img"><title>a</title></circle></g></g></svg>',
  );
});

it('hands no looks to a mark that has none of its own, nor to a group that has', () => {
  const bare = '<g><rect width="1" fill="red"/><rect width="2" fill="red"/><rect width="3"/></g>';
  const own = '<g fill="none"><rect width="1" fill="red"/><rect width="2" fill="red"/></g>';
  expect(compact(`<svg>${bare}${own}</svg>`)).toBe(`<svg>${bare}${own}</svg>`);
});

it('leaves out groups without marks, and ellipses and texts as they are', () => {
  const ellipse = '<g><path d="M2,0A2,3,0,1,1,-2,0A2,3,0,1,1,2,0"/><text aria-label="d">M2,0 class="x"</text></g>';
  expect(compact(`<svg><g class="a"/><g class="b"></g>${ellipse}</svg>`)).toBe(`<svg>${ellipse}</svg>`);
});
