import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { quoteServer } from '../../src/errors.ts';
import { proxyOf } from '../../src/sources/proxy.ts';
import { showUri } from '../../src/sources/show-uri.ts';

describe('an address is shown without what is secret', () => {
  test.each([
    ['https://b.s3.amazonaws.com/k?X-Amz-Signature=s3cr3t', 'https://b.s3.amazonaws.com/k?…'],
    ['http://u:s3cr3t@h/x.ndjson', 'http://h/x.ndjson'],
    ['https://s3cr3t@h/', 'https://h/'],
    ['https://h/x#s3cr3t', 'https://h/x?…'],
    ['http://u:pa/s3cr3t@h/x', 'http://h/x'],
    ['http:/u:s3cr3t@h', 'http:/h'],
    ['//u:s3cr3t@h', '//h'],
    ['redis:bob:s3cr3t@h', 'redis:h'],
    ['redis://h:1?password=s3cr3t', 'redis://h:1?…'],
    ['rediss://u:s3cr3t/x@h:1/0?tls-ca=x', 'rediss://h:1/0?…'],
    [' redis://bob:s3cr3t@127.0.0.1:1', ' redis://127.0.0.1:1'],
    ['redis+sentinel://b:s3cr3t@h/0', 'redis+sentinel://h/0'],
    ['my label=redis://u:s3cr3t@h', 'my label=redis://h'],
    ['s3://KEY:s3cr3t@bucket/x', 's3://bucket/x'],
    ['s3://KEY:ab/s3cr3t@bucket/x', 's3://bucket/x'],
  ])('%s', (uri, shown) => {
    expect(showUri(uri)).toBe(shown);
  });

  test.each([
    's3://bucket/runs@home/a?.json',
    's3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/a@b.json',
    'https://unpkg.com/wfa@1/x',
    'http://[::1]:80/a@b',
    'redis://localhost:6379/1',
    'sample:older',
    'runs/a@b:c.json',
    'file:///a@b',
    'C:\\runs',
    '-',
  ])('%s stays', (uri) => {
    expect(showUri(uri)).toBe(uri);
  });

  test('whatever the password: that of a well-formed address', () => {
    const part = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `s3cr3t${encodeURIComponent(text)}`);
    fc.assert(
      fc.property(
        fc.constantFrom('redis', 'rediss', 'http', 'https', 's3', 'ftp'),
        part,
        part,
        (scheme, user, password) => {
          expect(showUri(`${scheme}://${user}:${password}@host/path`)).toBe(`${scheme}://host/path`);
        },
      ),
      { seed: 1 },
    );
  });
});

test("a server's words: one line, cut, without controls and secrets", () => {
  expect(quoteServer('a\r\n\u001b[31mb\u202e \u0000c', [])).toBe('a [31mb c');
  expect(quoteServer('the key a/b+c, a%2Fb%2Bc and a\u0000/b', ['a/b+c', null, undefined, ''])).toBe(
    'the key ***, *** and a /b',
  );
  expect(quoteServer('abc ab', ['ab', 'abc'])).toBe('*** ***');
  expect(quoteServer('x'.repeat(5000))).toHaveLength(301);
  // One that is cut at the edge has been replaced before.
  expect(quoteServer(`${'x'.repeat(297)}s3cr3t`, ['s3cr3t'])).toBe(`${'x'.repeat(297)}***`);
});

describe('the proxy on the way', () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) vi.stubEnv(name, undefined);
    vi.stubEnv('https_proxy', 'http://proxy:3128');
  });
  afterEach(() => void vi.unstubAllEnvs());

  test.each([
    ['s3.example.org', 443, true],
    ['example.org', 443, true],
    ['s3.example.org', 8443, true],
    ['notexample.org', 443, false],
    ['data.lab', 443, false],
    ['data.lab', 9000, true],
    ['x.wild.net', 443, true],
    ['10.1.2.3', 443, true],
    ['10.2.2.3', 443, false],
    ['192.168.0.7', 443, true],
    ['::1', 443, true],
    ['[fd00::5]', 443, true],
    ['fd01::5', 443, false],
    ['[fe80::1]', 9000, true],
    ['[fe80::1]', 443, false],
  ])('to %s:%i: excepted is %s', (host, port, isExcepted) => {
    vi.stubEnv(
      'NO_PROXY',
      'example.org,.data.lab:9000 *.wild.net, 10.1.0.0/16,192.168.0.7,::1,fd00::/16,[fe80::1]:9000',
    );
    expect(proxyOf('https', host, port) === null).toBe(isExcepted);
  });

  test('small letters come first, then the one for all', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://other:1');
    vi.stubEnv('ALL_PROXY', 'all:2');
    expect(proxyOf('https', 'h', 443)?.host).toBe('proxy:3128');
    expect(proxyOf('http', 'h', 80)?.host).toBe('all:2');
  });
});
