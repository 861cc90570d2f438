import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const LINES = readFileSync(join(ROOT, 'docs/security.md'), 'utf8').split('\n');
const threats = LINES.flatMap((line) => {
  const [, number] = /^\| (T\d\d) /.exec(line) ?? [];
  return number === undefined ? [] : [{ number, shown: line.split('|').at(-2) ?? '' }];
});

/** A file, and what is quoted from it. */
function evidence(text: string): { file: string; quotes: string[] }[] {
  return text
    .split(';')
    .filter((part) => part.includes('`'))
    .map((part) => ({
      file: /`([^`]+)`/.exec(part)?.[1] ?? '',
      quotes: [...part.matchAll(/"([^"]+)"/g)].map(([, quote = '']) => quote),
    }));
}

it('docs/security.md has all thirty threats, in order', () => {
  const numbers = Array.from({ length: 30 }, (_, n) => `T${String(n + 1).padStart(2, '0')}`);

  expect(threats.map(({ number }) => number)).toEqual(numbers);
});

it.each(threats)('$number names tests that there are', ({ shown }) => {
  const found = evidence(shown);
  expect(found.length).toBeGreaterThan(0);
  for (const { file, quotes } of found) {
    expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
    const text = readFileSync(join(ROOT, file), 'utf8');
    for (const quote of quotes) expect(text).toContain(quote);
  }
});
