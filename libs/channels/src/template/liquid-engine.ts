import { Liquid, type Template } from 'liquidjs';
import { formatInstantFor, formatDayFor, formatEventMoney } from '../words/format';
import type { Reader } from '../words/reader';

/** What may stand in a template: no files, no raw output, nothing that draws on the outside. */
const TAGS: ReadonlySet<string> = new Set([
  'assign',
  'break',
  'case',
  'comment',
  'continue',
  'for',
  'if',
  'unless',
]);
const FILTERS: ReadonlySet<string> = new Set([
  'abs',
  'append',
  'at_least',
  'at_most',
  'capitalize',
  'ceil',
  'default',
  'divided_by',
  'downcase',
  'first',
  'floor',
  'join',
  'last',
  'minus',
  'plus',
  'prepend',
  'replace',
  'round',
  'size',
  'split',
  'squish',
  'strip',
  'times',
  'truncate',
  'upcase',
]);

const PARSE_LENGTH_MAX = 20_000;
const RENDER_MS_MAX = 250;
/** Objects made while rendering, as LiquidJS counts them. */
const MEMORY_MAX = 1_000_000;

/** Whom it is written for; given to filters as a global under this name. */
export const READER = '$reader';

/** Plain text: nothing is escaped. */
export const textEngine = createEngine(undefined);
/** HTML: every value is escaped, and there is no way round it. */
export const htmlEngine = createEngine('escape');

function createEngine(outputEscape: 'escape' | undefined): Liquid {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    // `{% if event.data.cause %}` and `| default:` are how a template says that a field may be absent.
    lenientIf: true,
    ownPropertyOnly: true,
    templates: {},
    parseLimit: PARSE_LENGTH_MAX,
    renderLimit: RENDER_MS_MAX,
    memoryLimit: MEMORY_MAX,
    ...(outputEscape && { outputEscape }),
  });
  for (const name of Object.keys(engine.tags)) {
    if (!TAGS.has(name)) Reflect.deleteProperty(engine.tags, name);
  }
  for (const name of Object.keys(engine.filters)) {
    if (!FILTERS.has(name)) Reflect.deleteProperty(engine.filters, name);
  }
  engine.registerFilter('local_time', localTime);
  engine.registerFilter('local_date', localDate);
  engine.registerFilter('money', money);
  return engine;
}

interface FilterThis {
  readonly context: { readonly globals: Readonly<Record<string, unknown>> };
}

function localTime(this: FilterThis, value: unknown): unknown {
  return formatInstantFor(value, readerOf(this)) ?? value;
}

function localDate(this: FilterThis, value: unknown): unknown {
  return formatDayFor(value, readerOf(this)) ?? value;
}

function money(this: FilterThis, value: unknown): unknown {
  return formatEventMoney(value, readerOf(this)) ?? value;
}

function readerOf({ context }: FilterThis): Reader {
  return (context.globals[READER] as Reader | undefined) ?? { locale: 'en', timeZone: 'UTC' };
}

const PARSED_MAX = 1_000;
const parsed = new Map<string, Template[]>();

/** Parses a source once. Throws what LiquidJS throws: it has been checked on save. */
export function parseCached(engine: Liquid, source: string): Template[] {
  const key = `${engine === htmlEngine ? 'h' : 't'}${source}`;
  const known = parsed.get(key);
  if (known) return known;
  const templates = engine.parse(source);
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(key, templates);
  return templates;
}
