// Makes a report answer to its reader: tables sort and filter, charts tell and stretch, commands copy, results save. It asks nobody
// for anything, and writes texts only as texts.

const all = (selector, from = document) => [...from.querySelectorAll(selector)];

function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

const said = document.getElementById('said');
function say(text) {
  said.textContent = text;
}

// Commands and results

for (const button of all('[data-copy], [data-save]')) button.hidden = false;

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.body.appendChild(make('textarea', text, { 'aria-label': 'command' }));
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

async function save(button) {
  const packed = Uint8Array.from(atob(button.nextElementSibling.textContent), (sign) => sign.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const json = await new Response(unpacked).blob();
  const url = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
  make('a', '', { href: url, download: button.dataset.save }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

document.addEventListener('click', async ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return;
  if ('copy' in target.dataset) {
    await copy(target.previousElementSibling.textContent);
    say('copied');
    target.textContent = 'copied';
    setTimeout(() => {
      target.textContent = 'copy';
    }, 1500);
  }
  if ('save' in target.dataset) await save(target);
});

// Tables

function figureOf(cell) {
  const { v } = cell.dataset;
  return v === undefined ? null : Number(v);
}

function compareCells(a, b) {
  const [first, second] = [figureOf(a), figureOf(b)];
  if (first !== null && second !== null) return first - second;
  // What is not measured comes last, whichever way.
  if (first !== null || second !== null) return null;
  return a.textContent < b.textContent ? -1 : Number(a.textContent > b.textContent);
}

function sortBy(table, head) {
  const column = head.cellIndex;
  const down = head.getAttribute('aria-sort') === 'ascending';
  for (const other of all('th[aria-sort]', table)) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  const body = table.tBodies[0];
  const rows = [...body.rows].sort((one, other) => {
    const [a, b] = [one.cells[column], other.cells[column]];
    const order = compareCells(a, b);
    if (order === null) return figureOf(a) === null ? 1 : -1;
    return down ? -order : order;
  });
  body.append(...rows);
  say(`sorted by ${head.textContent}, ${down ? 'descending' : 'ascending'}`);
}

for (const head of all('th[data-sort]')) {
  const text = head.textContent.trim();
  if (text === '') continue;
  const button = make('button', text, { type: 'button' });
  head.replaceChildren(button);
  button.addEventListener('click', () => sortBy(head.closest('table'), head));
}

/** Rows from which on a table can be filtered, and marks from which on a chart can be searched. */
const FEWEST_ROWS = 10;

function filterRows(table, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const row of table.tBodies[0].rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !wanted.every((word) => text.includes(word));
    if (!row.hidden) count++;
  }
  say(`${count} rows`);
}

for (const details of all('details.table')) {
  const table = details.querySelector('table');
  if (table.tBodies[0].rows.length < FEWEST_ROWS) continue;
  const name = details.querySelector('summary').textContent;
  const input = make('input', '', {
    type: 'search',
    placeholder: 'filter rows',
    'aria-label': `filter rows of ${name}`,
  });
  input.addEventListener('input', () => filterRows(table, input.value));
  const tools = make('div', '', { class: 'tools' });
  tools.append(input);
  details.querySelector('.scroll').before(tools);
}

// Charts

const tip = document.getElementById('tip');
const wordsOf = (mark) => mark.getAttribute('aria-label') ?? mark.querySelector('title')?.textContent ?? '';

/** The browser's own bubble would stand beside ours, late. */
function takeTitles(svg) {
  for (const title of all('[role="img"] > title', svg)) {
    title.parentElement.setAttribute('aria-label', title.textContent);
    title.remove();
  }
}

function showTip(mark, x, y) {
  const more = mark.dataset.run ? '\u2002\u2192 its Gantt chart: click or Enter' : '';
  tip.textContent = wordsOf(mark) + more;
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(x + 12, innerWidth - width - 4))}px`;
  tip.style.top = `${y + 16 + height > innerHeight ? y - height - 8 : y + 16}px`;
}

function hideTip() {
  tip.hidden = true;
}

const markAt = (event) => event.target.closest?.('.picture svg [role="img"]');

document.addEventListener('pointermove', (event) => {
  const mark = markAt(event);
  if (mark) showTip(mark, event.clientX, event.clientY);
  else hideTip();
});
document.addEventListener('scroll', hideTip, true);

function openRun(mark) {
  const section = document.getElementById(mark?.dataset.run ?? '');
  if (!section) return;
  section.open = true;
  location.hash = section.id;
  section.scrollIntoView();
  section.querySelector('summary').focus();
}

document.addEventListener('click', (event) => {
  const mark = markAt(event);
  if (mark) openRun(mark);
});

function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
addEventListener('hashchange', openTarget);
openTarget();

/** Arrow keys go from mark to mark of a chart that has the focus, Enter opens the run of the mark. */
function walk(svg) {
  const marks = all('[role="img"]', svg);
  let place = -1;
  const leave = () => {
    marks[place]?.classList.remove('here');
    hideTip();
  };
  const go = (to) => {
    leave();
    place = (to + marks.length) % marks.length;
    const mark = marks[place];
    mark.classList.add('here');
    const { left, bottom } = mark.getBoundingClientRect();
    showTip(mark, left, bottom);
    say(wordsOf(mark));
  };
  const keys = {
    ArrowRight: () => go(place + 1),
    ArrowDown: () => go(place + 1),
    ArrowLeft: () => go(Math.max(place, 0) - 1),
    ArrowUp: () => go(Math.max(place, 0) - 1),
    Enter: () => openRun(marks[place]),
    Escape: leave,
  };
  svg.addEventListener('keydown', (event) => {
    if (marks.length === 0 || !(event.key in keys)) return;
    keys[event.key]();
    event.preventDefault();
  });
  svg.addEventListener('blur', leave);
}

/** Everything of a mark that tells series apart: its own colour, or that of its group; hollow ones are filled with the background. */
const looksOf = (mark) =>
  ['fill', 'stroke']
    .map((name) => mark.getAttribute(name) ?? mark.parentElement.getAttribute(name) ?? '')
    .find((colour) => colour.startsWith('var(') && !colour.startsWith('var(--background')) ?? '';

/** Pixels of the largest sign of a legend: lines and areas of the chart itself are no signs. */
const LARGEST_SIGN = 28;

/** Pixels between a sign of a legend and its words at most, and by how much their middles may differ. */
const [LEGEND_GAP, LEGEND_SHIFT] = [30, 8];

/** Finds the words that stand beside a sign of a legend; undefined where it is none. */
function findWords(sign, texts) {
  const { right, top, bottom, width, height } = sign.getBoundingClientRect();
  if (Math.max(width, height) > LARGEST_SIGN) return undefined;
  return texts.find(({ box }) => {
    const gap = box.left - right;
    return gap >= 0 && gap < LEGEND_GAP && Math.abs((box.top + box.bottom - top - bottom) / 2) < LEGEND_SHIFT;
  })?.words;
}

/** Lists the legend of a chart: the words of each colour that marks have; empty where it does not tell all of them apart by colour. */
function listLegend(svg, marks) {
  const wanted = new Set(marks.map(looksOf));
  // Titles of axes are turned: no legend's words are.
  const texts = all('text:not([transform*="rotate"])', svg).map((text) => ({
    words: text.textContent,
    box: text.getBoundingClientRect(),
  }));
  const legend = new Map();
  for (const sign of all('path:not([role="img"]), circle:not([role="img"]), line', svg)) {
    const looks = looksOf(sign);
    if (looks === '' || !wanted.has(looks) || legend.has(looks)) continue;
    const words = findWords(sign, texts);
    // Labels of rows stand in every panel, words of a legend once.
    if (words !== undefined && texts.filter((text) => text.words === words).length === 1) legend.set(looks, words);
  }
  const isTold = (looks) => legend.has(looks) || looks.startsWith('var(--ink');
  return [...wanted].every(isTold) ? legend : new Map();
}

/** Gives a chart a button for each entry of its legend, which shows and dims the marks of that colour. */
function addLegend(figure) {
  const svg = figure.querySelector('svg');
  const marks = all('[role="img"]', svg);
  const legend = listLegend(svg, marks);
  if (legend.size < 2) return;
  const tools = make('div', 'show:', { class: 'tools', role: 'group', 'aria-label': 'series shown' });
  const hidden = new Set();
  for (const [looks, words] of legend) {
    const button = make('button', words, { type: 'button', 'aria-pressed': 'true' });
    button.addEventListener('click', () => {
      if (!hidden.delete(looks)) hidden.add(looks);
      button.setAttribute('aria-pressed', String(!hidden.has(looks)));
      for (const mark of marks) mark.classList.toggle('dim', hidden.has(looksOf(mark)));
    });
    tools.append(button);
  }
  figure.prepend(tools);
}

/** Dims the marks whose words lack what is looked for: a planner, a run, a function. */
function addSearch(figure) {
  const marks = all('svg [role="img"]', figure);
  if (marks.length < FEWEST_ROWS) return;
  const name = figure.querySelector('.picture').getAttribute('aria-label');
  const input = make('input', '', { type: 'search', placeholder: 'find marks', 'aria-label': `find marks in ${name}` });
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase();
    let count = 0;
    for (const mark of marks) {
      const fits = wordsOf(mark).toLowerCase().includes(words);
      mark.classList.toggle('dim', !fits);
      if (fits) count++;
    }
    say(`${count} marks`);
  });
  const tools = make('div', '', { class: 'tools' });
  tools.append(input);
  figure.prepend(tools);
}

/** Stretches a picture along its time axis: places move apart, texts and signs keep their looks. */
function stretch(svg, factor) {
  svg.dataset.box ??= svg.getAttribute('viewBox');
  const [, , width, height] = svg.dataset.box.split(' ').map(Number);
  svg.setAttribute('viewBox', `0 0 ${width * factor} ${height}`);
  svg.classList.toggle('stretched', factor > 1);
  const shown = svg.parentElement.clientWidth;
  svg.style.width = factor === 1 ? '' : `${Math.min(shown, 896) * factor}px`;
  const root = svg.querySelector(':scope > g');
  svg.querySelector(':scope > rect')?.setAttribute('width', String(width * factor));
  root.dataset.at ??= root.getAttribute('transform') ?? '';
  root.setAttribute('transform', `scale(${factor},1) ${root.dataset.at}`);
  for (const element of all('text, path[transform], circle[transform]', root)) {
    element.dataset.at ??= element.getAttribute('transform') ?? '';
    element.setAttribute(
      'transform',
      factor === 1 ? element.dataset.at : `${element.dataset.at} scale(${1 / factor},1)`,
    );
  }
}

const MOST_ZOOM = 16;

function addZoom(figure) {
  const svg = figure.querySelector('svg');
  const tools = make('div', '', { class: 'tools', role: 'group', 'aria-label': 'zoom of the time axis' });
  let factor = 1;
  const zoom = (to) => {
    const box = svg.parentElement;
    const middle = (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth;
    factor = Math.max(1, Math.min(MOST_ZOOM, to));
    stretch(svg, factor);
    box.scrollLeft = middle * box.scrollWidth - box.clientWidth / 2;
    say(`time axis ${factor} times as wide`);
  };
  for (const [text, name, to] of [
    ['+', 'zoom in', () => factor * 2],
    ['\u2212', 'zoom out', () => factor / 2],
    ['1:1', 'whole time axis', () => 1],
  ]) {
    const button = make('button', text, { type: 'button', 'aria-label': name });
    button.addEventListener('click', () => zoom(to()));
    tools.append(button);
  }
  svg.addEventListener('keydown', ({ key }) => {
    if (key === '+') zoom(factor * 2);
    if (key === '-') zoom(factor / 2);
    if (key === '0') zoom(1);
  });
  figure.prepend(tools);
}

/** A figure is prepared when it first comes near the screen: a page opens before its last chart is looked at. */
function prepare(figure) {
  const svg = figure.querySelector('svg');
  takeTitles(svg);
  walk(svg);
  addSearch(figure);
  addLegend(figure);
  if ('zoom' in figure.dataset) addZoom(figure);
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      prepare(target);
    }
  },
  { rootMargin: '300px' },
);
for (const figure of all('figure')) watcher.observe(figure);

// Paper shows notes that are folded; tables and runs stay as they were left.

addEventListener('beforeprint', () => {
  for (const details of all('details:not([open], .table, .run)')) {
    details.open = true;
    details.dataset.folded = '';
  }
});
addEventListener('afterprint', () => {
  for (const details of all('details[data-folded]')) {
    details.open = false;
    delete details.dataset.folded;
  }
});
