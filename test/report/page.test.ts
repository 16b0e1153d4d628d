import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { makeScratch } from '../scratch.ts';

const scratch = makeScratch();

async function report(name: string, ...args: string[]): Promise<string> {
  const path = scratch.path(name);
  const { status, stderr } = await askWfa(['report', '--data', 'sample:older', '--output', path, ...args]);
  expect(status, stderr).toBe(0);
  return readFileSync(path, 'utf8');
}

describe('the page', { timeout: 240_000 }, () => {
  let html = '';
  beforeAll(async () => {
    html = await report('page.html');
  }, 240_000);

  it('is the same to the byte the second time', async () => {
    expect((await report('again.html')) === html).toBe(true);
  });

  it('allows its own script and style sheet by their digests, and nothing from elsewhere', () => {
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const digestOf = (tag: string) => {
      const [, text = ''] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html) ?? [];
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${digestOf('style')}`,
      'font-src data:',
      `script-src ${digestOf('script')}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(html.match(/<script>/g)).toHaveLength(1);
    expect(html).not.toMatch(/ (?:src|srcset|on\w+)=/);
    expect(html.match(/ href="[^#]/g)).toBeNull();
    expect(html).not.toMatch(/<[^>]* style="/);
  });

  it('says what the commands say', async () => {
    for (const name of ['rank', 'failures', 'scaling']) {
      const { stdout } = await askWfa([name, '--data', 'sample:older', '--format', 'json']);
      const [, packed = ''] =
        new RegExp(`data-save="wfa-${name}.json" hidden>[^<]*</button><script type="[^"]*">([^<]*)<`).exec(html) ?? [];
      expect(gunzipSync(Buffer.from(packed, 'base64')).toString() === stdout, name).toBe(true);
      const headline = (JSON.parse(stdout) as { result: { headline: string } }).result.headline;
      expect(html).toContain(headline.replaceAll('&', '&amp;').replaceAll("'", '&#39;'));
      expect(html).toContain(`<code>wfa ${name} -d sample:older</code>`);
    }
  });

  it('names each place once', () => {
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const [, target = ''] of html.matchAll(/ href="#([^"]*)"/g)) expect(ids).toContain(target);
  });
});

it('gives the commands the filters that it was given', { timeout: 240_000 }, async () => {
  const html = await report(
    'gemm.html',
    '--workflow',
    'tree_reduction',
    '--where',
    'sla!=p50',
    '--no-interaction',
    '--runs',
    '0',
  );
  expect(html).toContain('--workflow tree_reduction --where &#39;sla!=p50&#39;');
  expect(html).not.toContain('<script');
  expect(html).not.toContain('<details class="run"');
});

it('gives the commands the map that its table was read with', { timeout: 240_000 }, async () => {
  const map =
    'run=run,task=task,start=start,end=end,function=function,parents=parents,planner=planner,workflow=workflow';
  const path = scratch.path('tasks.html');
  const args = ['--data', 'sample:tasks', '--map', map, '--time-unit', 'iso', '--no-interaction', '--runs', '0'];
  const { status, stderr } = await askWfa(['report', ...args, '--output', path]);
  expect(status, stderr).toBe(0);
  expect(readFileSync(path, 'utf8')).toContain(`<code>wfa rank -d sample:tasks --map ${map} --time-unit iso</code>`);
});

it('says why a question has no answer', { timeout: 240_000 }, async () => {
  const html = await report('uniform.html', '--planner', 'uniform', '--workflow', 'tree_reduction', '--no-interaction');
  expect(html).toContain('No answer: there are no two planners with planned runs');
});

it('has words where a chart has nothing to draw, and compares one planner with nobody', {
  timeout: 240_000,
}, async () => {
  const path = scratch.path('alone.html');
  const { status } = await askWfa(['report', '--data', 'sample:nextflow', '--output', path]);
  expect(status).toBe(0);
  const html = readFileSync(path, 'utf8');
  expect(html).toContain('No chart (pareto): no block has resource usage of all arms.');
  expect(html).not.toContain('Nothing to draw');
  expect(html).toContain('<summary>Inputs and version <small>(13)</small></summary>');
  expect(html.slice(0, html.indexOf('What limits it'))).not.toContain('against the lowest');
});

it.each([
  [['--runs', 'many'], "--runs 'many'"],
  [['--font', 'no-such.ttf'], "Cannot read the font 'no-such.ttf'"],
  [['--output', 'page.html', '--runs', '1000'], "--runs '1000'"],
])('refuses %j', async (args, words) => {
  const { status, stderr } = await askWfa(['report', ...args, '--data', 'sample:older']);
  expect(status).toBe(2);
  expect(stderr).toContain(words);
});
