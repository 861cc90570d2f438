import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * The domain knows no clock, no chance and no outside, so that the same history gives the same
 * incidents.
 */
const FORBIDDEN: [what: string, pattern: RegExp][] = [
  ['the clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\b|\bhrtime\b/],
  ['chance', /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b/],
  ['timers', /\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/],
  ['promises', /\basync\s+(?:function|\()|\bawait\s|\bPromise\b/],
  ['the process', /\bprocess\.|\bconsole\b|\bglobalThis\b|\brequire\(/],
  [
    'the process’s language and time zone',
    /\.toLocale\w*\(|\blocaleCompare\b|\bgetTimezoneOffset\b/,
  ],
];
const PACKAGES = new Set(['luxon', '@marcbachmann/cel-js']);

const sources = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file): [string, string] => [
    relative(__dirname, join(__dirname, file)),
    withoutComments(readFileSync(join(__dirname, file), 'utf8')),
  ]);

function withoutComments(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, (text) => (/^'[@.\w/:-]*'$/.test(text) ? text : "''"));
}

describe('the domain is pure', () => {
  it('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(30);
  });

  it.each(FORBIDDEN)('it does not use %s', (_what, pattern) => {
    const users = sources.filter(([, source]) => pattern.test(source)).map(([file]) => file);
    expect(users).toEqual([]);
  });

  it('it imports its own files and two packages, nothing of Node and no other layer', () => {
    const imports = sources.flatMap(([file, source]) =>
      [...source.matchAll(/\bfrom '([^']+)'|\bimport '([^']+)'|\bimport\('([^']+)'\)/g)].map(
        (match) => `${file}: ${match[1] ?? match[2] ?? match[3] ?? ''}`,
      ),
    );
    const foreign = imports.filter((line) => {
      const from = line.slice(line.indexOf(': ') + 2);
      return !from.startsWith('.') && !PACKAGES.has(from);
    });
    expect(foreign).toEqual([]);
  });

  it('only facts know the expression engine, and only zones the package of dates', () => {
    const users = (name: string): string[] =>
      sources.filter(([, source]) => source.includes(`'${name}'`)).map(([file]) => file);
    expect(users('@marcbachmann/cel-js').filter((file) => !file.startsWith('facts/'))).toEqual([]);
    expect(users('luxon')).toEqual(['values/zone.ts']);
  });
});
