import {
  CHANNEL_PARTS,
  LOCALES_MAX,
  PART_LENGTH_MAX,
  REQUIRED_PARTS,
  type TemplateChannel,
} from './template-document';
import type { TemplateProblem } from './template-problem';

/** A text that is a Liquid template, and where it stands. */
export interface TemplatePart {
  readonly pointer: string;
  readonly source: string;
  readonly isHtml: boolean;
}

interface Shape {
  readonly problems: TemplateProblem[];
  readonly parts: TemplatePart[];
}

const TOP_LEVEL: ReadonlySet<string> = new Set(['id', 'kind', 'title', 'locales']);
const LOCALE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/;

/** Checks the keys and types of a template document, and lists the texts in it. */
export function checkShape(document: unknown): Shape {
  const shape: Shape = { problems: [], parts: [] };
  if (!isRecord(document)) {
    shape.problems.push(problem('', 'wrong_type', 'must be an object', '必须是对象'));
    return shape;
  }
  unknownKeys(shape, '', document, TOP_LEVEL);
  if (typeof document['id'] !== 'string' || !SLUG.test(document['id'])) {
    const en = 'must be a slug: lower-case letters, digits and hyphens';
    shape.problems.push(problem('/id', 'invalid_slug', en, '必须由小写字母、数字和连字符组成'));
  }
  const { locales } = document;
  if (!isRecord(locales) || Object.keys(locales).length === 0) {
    const en = 'must name at least one language, such as "en"';
    shape.problems.push(problem('/locales', 'required', en, '至少需要一种语言，例如 "en"'));
    return shape;
  }
  if (Object.keys(locales).length > LOCALES_MAX) {
    const most = String(LOCALES_MAX);
    shape.problems.push(
      problem('/locales', 'too_many', `at most ${most} languages`, `最多 ${most} 种语言`),
    );
    return shape;
  }
  for (const [locale, channels] of Object.entries(locales)) checkLocale(shape, locale, channels);
  return shape;
}

function checkLocale(shape: Shape, locale: string, channels: unknown): void {
  const pointer = `/locales/${escapePointer(locale)}`;
  if (!LOCALE.test(locale)) {
    const en = 'is not a language tag such as "en" or "zh-CN"';
    shape.problems.push(problem(pointer, 'invalid_locale', en, '不是语言标签，例如 "en"、"zh-CN"'));
  }
  if (!isRecord(channels) || Object.keys(channels).length === 0) {
    const en = 'must say something: by "email", "sms" or both';
    shape.problems.push(problem(pointer, 'required', en, '必须包含 "email" 或 "sms"'));
    return;
  }
  unknownKeys(shape, pointer, channels, new Set(Object.keys(CHANNEL_PARTS)));
  for (const [channel, parts] of Object.entries(channels)) {
    if (isChannel(channel)) checkChannel(shape, `${pointer}/${channel}`, channel, parts);
  }
}

function checkChannel(
  shape: Shape,
  pointer: string,
  channel: TemplateChannel,
  parts: unknown,
): void {
  if (!isRecord(parts)) {
    shape.problems.push(problem(pointer, 'wrong_type', 'must be an object', '必须是对象'));
    return;
  }
  unknownKeys(shape, pointer, parts, new Set(CHANNEL_PARTS[channel]));
  for (const part of REQUIRED_PARTS[channel]) {
    if (parts[part] !== undefined) continue;
    shape.problems.push(problem(`${pointer}/${part}`, 'required', 'is missing', '缺少该项'));
  }
  for (const part of CHANNEL_PARTS[channel]) {
    const source = parts[part];
    if (source === undefined) continue;
    checkPart(shape, { pointer: `${pointer}/${part}`, source, isHtml: part === 'html' });
  }
}

function checkPart(
  shape: Shape,
  part: { readonly pointer: string; readonly source: unknown; readonly isHtml: boolean },
): void {
  const { pointer, source, isHtml } = part;
  if (typeof source !== 'string' || source.trim() === '') {
    const en = 'must be a text that is not empty';
    shape.problems.push(problem(pointer, 'wrong_type', en, '必须是非空文本'));
    return;
  }
  if (source.length > PART_LENGTH_MAX) {
    const most = String(PART_LENGTH_MAX);
    const en = `must be at most ${most} characters`;
    shape.problems.push(problem(pointer, 'too_long', en, `不能超过 ${most} 个字符`));
    return;
  }
  if (pointer.endsWith('/subject') && /[\r\n]/.test(source.trim())) {
    shape.problems.push(problem(pointer, 'line_break', 'must be one line', '必须为单行'));
    return;
  }
  shape.parts.push({ pointer, source, isHtml });
}

function unknownKeys(
  shape: Shape,
  pointer: string,
  value: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): void {
  for (const key of Object.keys(value)) {
    if (known.has(key)) continue;
    const allowed = [...known].join(', ');
    shape.problems.push({
      ...problem(`${pointer}/${escapePointer(key)}`, 'unknown_field', 'is not known', '未知字段'),
      hint: { en: `allowed: ${allowed}`, zh: `可用字段：${allowed}` },
    });
  }
}

function isChannel(name: string): name is TemplateChannel {
  return Object.hasOwn(CHANNEL_PARTS, name);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function problem(pointer: string, code: string, en: string, zh: string): TemplateProblem {
  return { pointer, code, message: { en, zh } };
}
