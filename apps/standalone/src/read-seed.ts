import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Seed, SeedDocument } from '@amends/application';
import { compileTemplate } from '@amends/channels';
import { parseRule } from '@amends/contracts';
import type { RuleDocument } from '@amends/domain';
import { parse } from 'yaml';
import { calendarInput } from '../../api/src/routes/calendars/calendars.schemas';

/**
 * The gallery in `rules/`: what a new account starts with. A file that does not pass its check is
 * our own mistake, and throws with all that is wrong with it.
 */
export function readSeed(folder = seedFolder()): Seed {
  return {
    calendars: files(join(folder, 'calendars')).map(readCalendar),
    templates: files(join(folder, 'templates')).map(readTemplate),
    rules: files(folder).map(readRule),
  };
}

/** Beside the sources as beside the build: the first `rules` folder on the way up. */
function seedFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'rules', 'calendars'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('the folder rules/ is missing');
    folder = above;
  }
  return join(folder, 'rules');
}

function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name));
}

function readRule(file: string): RuleDocument {
  const parsed = parseRule(readFileSync(file), { contentType: 'yaml' });
  if (parsed.ok) return parsed.document;
  throw wrong(file, parsed.problems);
}

function readTemplate(file: string): SeedDocument {
  const document: unknown = parse(readFileSync(file, 'utf8'));
  const compiled = compileTemplate(document);
  if (!compiled.ok) throw wrong(file, compiled.problems);
  return { id: compiled.document.id, document: compiled.document };
}

function readCalendar(file: string): SeedDocument {
  const parsed = calendarInput.safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw wrong(file, parsed.error.issues);
  const { id, ...document } = parsed.data;
  if (id === undefined) throw wrong(file, 'the id is missing');
  return { id, document };
}

function wrong(file: string, problems: unknown): Error {
  return new Error(`${file}: ${JSON.stringify(problems)}`);
}
