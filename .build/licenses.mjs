// Gathers the licences of everything that went into the bundle: they ask to be passed on.
import { readdir, readFile } from 'node:fs/promises';

/** LICENSE, license.md, LICENSE-MIT.txt, COPYING, NOTICE …: not the code of a package that is about licences. */
const IS_LICENSE = /^(licen[cs]e|copying|notice|copyright)([-._].*)?$/i;
const IS_CODE = /\.(c|m)?(js|ts)(\.map)?$|\.json$/i;

const MIT = `MIT License

Copyright (c) AUTHOR

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const RULE = `\n${'-'.repeat(80)}\n\n`;

/** Words the licences of the packages that the bundled files belong to. Throws where one has none that is known. */
export async function collectLicenses(paths) {
  const folders = [...new Set(paths.map(folderOf))].filter((folder) => folder !== undefined).sort();
  const packages = await Promise.all(
    folders.map((folder) =>
      read(
        folder,
        paths.filter((path) => folderOf(path) === folder),
      ),
    ),
  );
  const apache = packages.find(({ license, text }) => license === 'Apache-2.0' && text !== '')?.text;
  const byText = new Map();
  for (const { title, license, author, text, notices } of packages) {
    const whole = [text || wordStandard(title, license, author, apache), ...notices].join('\n\n');
    byText.set(whole, [...(byText.get(whole) ?? []), title]);
  }
  // Many packages of one maker share one text.
  return [...byText].map(([text, titles]) => `${titles.join('\n')}\n\n${text}\n`).join(RULE);
}

const folderOf = (path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];

async function read(folder, files) {
  const { name, version, license, author } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const names = (await readdir(folder)).filter((file) => IS_LICENSE.test(file) && !IS_CODE.test(file)).sort();
  const text = (await Promise.all(names.map((file) => readText(`${folder}/${file}`)))).filter(Boolean).join('\n\n');
  const heads = await Promise.all(
    files.map(async (file) => /^\s*\/\*[\s\S]*?\*\//.exec(await readText(file))?.[0].trim()),
  );
  return {
    title: `${name} ${version} (${license})`,
    license,
    author: (typeof author === 'string' ? author : author?.name)?.replace(/\s*[<(].*/, ''),
    text,
    // Code of others inside a package says so at the head of its files.
    notices: [...new Set(heads)].filter((head) => head !== undefined && /copyright/i.test(head)),
  };
}

const readText = async (path) => (await readFile(path, 'utf8')).trim();

/** Words the text that a package names without bringing it along. */
function wordStandard(title, license, author, apache) {
  if (license === 'MIT' && author) return MIT.replace('AUTHOR', author);
  if (license === 'Apache-2.0' && apache !== undefined) return apache;
  throw new Error(`${title} has no licence text that could be passed on`);
}
