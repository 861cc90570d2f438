import type { RefusalItem } from '@amends/application';
import { parseRule, type ParsedRule, type RuleProblem } from '@amends/contracts';
import { problem } from '../../http/problem-error';

/** The bytes of a rule document, parsed: JSON or YAML by its content type. */
export function parseRuleBody(bytes: Buffer, mediaType: string): ParsedRule {
  const parsed = parseRule(bytes, { contentType: contentTypeOf(mediaType) });
  const first = parsed.ok ? undefined : parsed.problems[0];
  if (first === undefined || parsed.ok) return parsed;
  // Not a document with mistakes: no document.
  if (first.pointer === '' && first.code === 'too_large') throw problem('payload_too_large');
  if (UNREADABLE.has(first.code)) {
    const code = first.code === 'malformed_json' ? 'malformed_json' : 'malformed_yaml';
    throw problem(code, { errors: remarks(parsed.problems) });
  }
  return parsed;
}

const UNREADABLE = new Set(['malformed_json', 'malformed_yaml']);

function contentTypeOf(mediaType: string): 'json' | 'yaml' {
  if (mediaType === 'application/json') return 'json';
  if (/^(application|text)\/(x-)?yaml$/.test(mediaType)) return 'yaml';
  throw problem('unsupported_media_type', { detail: 'send application/json or application/yaml' });
}

/** Problems of contracts and refusals have one form; only the codes are narrower there. */
export function remarks(problems: readonly RuleProblem[]): RefusalItem[] {
  return problems.map((one) => ({ ...one }));
}

/** All mistakes of a document, as a 422 that counts them. */
export function invalidRule(problems: readonly RefusalItem[]) {
  const count = String(problems.length);
  return problem('invalid_rule', {
    title: {
      en: `The rule has ${count} ${count === '1' ? 'mistake' : 'mistakes'}`,
      zh: `规则有 ${count} 处错误`,
    },
    errors: problems,
  });
}
