import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { testWith } from '../need-program.ts';
import { makeScratch } from '../scratch.ts';
import { hostileRecords } from './hostile.ts';

const CHROMIUM = '/usr/bin/chromium';
const test = testWith(CHROMIUM);
const scratch = makeScratch();
const page = (name: string) => scratch.path(`${name}.html`);

/** What a page did that it may not do. */
interface Trespasses {
  readonly said: string[];
  readonly asked: string[];
}

let browser: Browser | undefined;

beforeAll(async () => {
  await writeReport('sample', ['--data', 'sample:']);
  await writeReport('still', ['--data', 'sample:older', '--no-interaction', '--runs', '1']);
  await writeReport('hostile', ['--data', scratch.write('hostile.ndjson', hostileRecords())]);
}, 300_000);
afterAll(() => browser?.close());

async function writeReport(name: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await askWfa(['report', ...args, '--output', page(name)]);
  expect(status, stderr).toBe(0);
}

/** Opens a page, hands it over, and sees that it said nothing on the console and asked nobody. */
async function look<Found>(
  name: string,
  options: BrowserContextOptions,
  see: (opened: Page, context: BrowserContext) => Promise<Found>,
): Promise<Found> {
  browser ??= await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const trespasses: Trespasses = { said: [], asked: [] };
  try {
    const opened = await context.newPage();
    opened.on('console', (message) => trespasses.said.push(message.text()));
    opened.on('pageerror', (error) => trespasses.said.push(error.message));
    opened.on('dialog', (dialog) => trespasses.said.push(dialog.message()));
    opened.on('request', (request) => {
      if (request.url() !== pathToFileURL(page(name)).href && !request.url().startsWith('data:'))
        trespasses.asked.push(request.url());
    });
    await opened.goto(pathToFileURL(page(name)).href);
    const found = await see(opened, context);
    expect(trespasses).toEqual({ said: [], asked: [] });
    return found;
  } finally {
    await context.close();
  }
}

describe('the page of the bundled runs', () => {
  test('is small, and painted soon', { timeout: 240_000 }, async () => {
    expect(statSync(page('sample')).size).toBeLessThan(2e6 + 0.1e6 * 1.67);
    const paintedMs = () =>
      look('sample', {}, (opened) => opened.evaluate<number>("performance.getEntriesByType('paint')[0].startTime"));
    // A second, on a machine that has nothing else to do: whatever else it does only adds to that.
    const soonestMs = Math.min(await paintedMs(), await paintedMs(), await paintedMs());
    expect(soonestMs).toBeLessThan(process.env['CI'] ? 1000 : 5000);
  });

  test.each([
    [360, 'light'],
    [1600, 'dark'],
  ] as const)('fits a width of %d in %s, and is accessible', { timeout: 240_000 }, async (width, colorScheme) => {
    const seen = await look(
      'sample',
      { viewport: { width, height: 900 }, colorScheme, bypassCSP: true },
      async (opened) => {
        await opened.evaluate(axe.source);
        return opened.evaluate<Seen>(`axe.run().then(({ violations }) => ({
        violations: violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 300)),
        scrollWidth: document.documentElement.scrollWidth,
        background: getComputedStyle(document.body).backgroundColor,
      }))`);
      },
    );
    expect(seen.violations).toEqual([]);
    expect(seen.scrollWidth).toBeLessThanOrEqual(width);
    expect(seen.background).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 28)');
  });

  test('sorts and filters tables', { timeout: 240_000 }, async () => {
    await look('sample', {}, async (opened) => {
      const table = opened.locator('#summary details.table').first();
      const figures = () => table.locator('tbody tr td:nth-child(2)').allTextContents();
      const before = await figures();
      const head = table.getByRole('button', { name: /makespan/ });
      await head.click();
      const up = (await figures()).map(Number);
      expect(up).toEqual(before.map(Number).sort((a, b) => a - b));
      await head.click();
      expect((await figures()).map(Number)).toEqual([...up].reverse());
      await expect(table.locator('th[aria-sort]').getAttribute('aria-sort')).resolves.toBe('descending');
      const long = opened.locator('#plan-campaign details.table').first();
      await long.locator('summary').click();
      await long.getByRole('searchbox').fill('gemm');
      const shown = await long.locator('tbody tr:visible').allTextContents();
      expect(shown.length).toBeGreaterThan(0);
      expect(shown.every((text) => text.includes('gemm'))).toBe(true);
    });
  });

  test('copies the command and saves the JSON', { timeout: 240_000 }, async () => {
    await look(
      'sample',
      { permissions: ['clipboard-read', 'clipboard-write'], acceptDownloads: true },
      async (opened) => {
        const section = opened.locator('#rank');
        await section.locator('[data-copy]').click();
        await expect(opened.evaluate('navigator.clipboard.readText()')).resolves.toBe('wfa rank -d sample:');
        const [download] = await Promise.all([opened.waitForEvent('download'), section.locator('[data-save]').click()]);
        expect(download.suggestedFilename()).toBe('wfa-rank.json');
        const saved = JSON.parse(await readFile(await download.path(), 'utf8'));
        const asked = JSON.parse((await askWfa(['rank', '--data', 'sample:', '--format', 'json'])).stdout);
        expect(saved).toEqual(asked);
      },
    );
  });
});

describe('its charts and its paper', () => {
  test('tells marks by pointer and by keys, and opens runs', { timeout: 240_000 }, async () => {
    await look('sample', {}, async (opened) => {
      const picture = opened.locator('#compare-change svg');
      await picture.scrollIntoViewIfNeeded();
      const mark = picture.locator('[role="img"][aria-label^="run "]').first();
      await mark.hover();
      const tip = opened.locator('#tip');
      await expect(tip.textContent()).resolves.toMatch(/^run \d{13}.*, (baseline|candidate): /);
      await picture.focus();
      await opened.keyboard.press('ArrowRight');
      const first = await tip.textContent();
      await opened.keyboard.press('ArrowRight');
      await expect(tip.textContent()).resolves.not.toBe(first);
      await opened.keyboard.press('Escape');
      expect(await tip.isVisible()).toBe(false);
      const linked = opened.locator('[data-run]').first();
      const run = await linked.getAttribute('data-run');
      await linked.dispatchEvent('click');
      await expect(opened.locator(`#${run}`).getAttribute('open')).resolves.not.toBeNull();
      await expect(opened.evaluate('document.activeElement.tagName')).resolves.toBe('SUMMARY');
    });
  });

  test('dims by legend and search, and zooms time', { timeout: 240_000 }, async () => {
    await look('sample', {}, async (opened) => {
      const run = opened.locator('#run-1');
      await run.locator('summary').first().focus();
      await opened.keyboard.press('Enter');
      const figure = run.locator('figure');
      await figure.scrollIntoViewIfNeeded();
      const execution = figure.getByRole('button', { name: 'execution', exact: true });
      await execution.click();
      expect(await figure.locator('.dim').count()).toBeGreaterThan(0);
      expect(await execution.getAttribute('aria-pressed')).toBe('false');
      await execution.click();
      expect(await execution.getAttribute('aria-pressed')).toBe('true');
      expect(await figure.locator('.dim').count()).toBe(0);
      const widthOf = async () => (await figure.locator('svg').boundingBox())?.width ?? 0;
      const before = await widthOf();
      await figure.getByRole('button', { name: 'zoom in' }).click();
      expect(await widthOf()).toBeGreaterThan(1.5 * before);
      await figure.getByRole('button', { name: 'whole time axis' }).click();
      expect(Math.round(await widthOf())).toBe(Math.round(before));
      await figure.getByRole('searchbox').fill('nothing is called so');
      expect(await figure.locator('[role="img"]:not(.dim)').count()).toBe(0);
    });
  });

  test('prints as a PDF of light pages', { timeout: 240_000 }, async () => {
    const pdf = await look('sample', { colorScheme: 'dark' }, async (opened) => {
      await opened.emulateMedia({ media: 'print' });
      const background = await opened.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(background).toBe('rgb(255, 255, 255)');
      expect(await opened.locator('[data-copy]').first().isVisible()).toBe(false);
      // Headings are buttons, which sort: on paper they are headings.
      // biome-ignore lint/performance/useDomNodeTextContent: what is seen is asked for.
      expect(await opened.locator('#summary thead th').first().innerText()).toBe('planner');
      expect(await opened.locator('#summary thead button').first().isVisible()).toBe(true);
      return opened.pdf();
    });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
});

test('a page without interaction has no script, and reads without one', { timeout: 240_000 }, async () => {
  const html = await readFile(page('still'), 'utf8');
  expect(html).not.toContain('<script');
  await look('still', { javaScriptEnabled: false }, async (opened) => {
    expect(await opened.locator('#rank svg').first().isVisible()).toBe(true);
    expect(await opened.locator('button:visible').count()).toBe(0);
  });
});

test('hostile names stay texts', { timeout: 240_000 }, async () => {
  await look('hostile', {}, async (opened) => {
    await opened.locator('#compare figure, #breakdown figure').first().scrollIntoViewIfNeeded();
    expect(await opened.evaluate('globalThis.pwned')).toBeUndefined();
    expect(await opened.locator('script:not([type])').count()).toBe(1);
    expect(await opened.locator('img, iframe, object, embed, link, base').count()).toBe(0);
    const text = (await opened.locator('main').textContent()) ?? '';
    expect(text).toContain('<script>');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be shown.
    expect(text).not.toMatch(/[\u0000-\u0008\u2028\u202e]/);
  });
});

/** A page as axe and its style sheet have it. */
interface Seen {
  readonly violations: readonly string[];
  readonly scrollWidth: number;
  readonly background: string;
}

describe('the legends of the page', () => {
  test('has a button for each series of a legend, and for nothing else', { timeout: 240_000 }, async () => {
    const planners = ['non-uniform', 'non-uniform-opt', 'uniform', 'uniform-opt'];
    await look('sample', {}, async (opened) => {
      const buttonsOf = async (section: string, place: number) => {
        const figure = opened.locator(`#${section} figure`).nth(place);
        await figure.scrollIntoViewIfNeeded();
        await figure.locator('.tools').first().waitFor();
        return figure.getByRole('group', { name: 'series shown' }).getByRole('button').allTextContents();
      };
      // Hollow marks of the front have the background's colour inside; lines of accuracy reach to the titles of axes.
      expect(await buttonsOf('rank', 1)).toEqual([...planners, 'wukong', 'wukong-opt']);
      expect(await buttonsOf('accuracy', 0)).toEqual(planners);
      // Colours tell gain from loss there, not series.
      expect(await buttonsOf('rank', 0)).toEqual([]);
    });
  });
});
