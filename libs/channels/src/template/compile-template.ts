import type { Liquid, Template } from 'liquidjs';
import { htmlEngine, textEngine } from './liquid-engine';
import { checkShape } from './check-shape';
import type { TemplateDocument } from './template-document';
import type { TemplateProblem } from './template-problem';
import { allowedVariables, checkVariable } from './template-variables';

export type CompiledTemplate =
  | { readonly ok: true; readonly document: TemplateDocument }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] };

/**
 * Checks a template document as it is saved, and reports all its mistakes: its shape, the Liquid in
 * every part, and variables that do not exist. What passes can fail at sending only for a field that
 * an event lacks.
 */
export function compileTemplate(document: unknown): CompiledTemplate {
  const { problems: shapeProblems, parts } = checkShape(document);
  const problems = [
    ...shapeProblems,
    ...parts.flatMap(({ pointer, source, isHtml }) =>
      checkSource(isHtml ? htmlEngine : textEngine, pointer, source),
    ),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, document: document as TemplateDocument };
}

function checkSource(engine: Liquid, pointer: string, source: string): TemplateProblem[] {
  let templates: Template[];
  try {
    templates = engine.parse(source);
  } catch (error) {
    return [syntaxProblem(pointer, source, error)];
  }
  const problems: TemplateProblem[] = [];
  const { globals } = engine.analyzeSync(templates, { partials: false });
  for (const variable of Object.values(globals).flat()) {
    const segments = variable.segments as readonly unknown[];
    const plain = segments.filter((segment) => typeof segment !== 'object').map(String);
    const { row, col } = variable.location;
    const from = offsetOf(source, row, col);
    if (plain.length < segments.length) {
      problems.push(dynamicProblem(pointer, plain.join('.'), from));
      continue;
    }
    const check = checkVariable(plain);
    if (!check.ok) problems.push(unknownProblem(pointer, check, { row, from }));
  }
  return problems;
}

function unknownProblem(
  pointer: string,
  { name, near }: { readonly name: string; readonly near?: string },
  { row, from }: { readonly row: number; readonly from: number },
): TemplateProblem {
  const allowed = allowedVariables();
  const line = String(row);
  const didYouMean = near === undefined ? '' : `did you mean "${near}"? `;
  const meant = near === undefined ? '' : `是否指 "${near}"？`;
  return {
    pointer,
    code: 'unknown_variable',
    message: {
      en: `line ${line}: there is no variable "${name}"`,
      zh: `第 ${line} 行：没有变量 "${name}"`,
    },
    hint: { en: `${didYouMean}allowed: ${allowed}`, zh: `${meant}可用变量：${allowed}` },
    position: { from, to: from + name.length },
  };
}

function dynamicProblem(pointer: string, name: string, from: number): TemplateProblem {
  return {
    pointer,
    code: 'dynamic_variable',
    message: {
      en: `"${name}[…]" is looked up by another variable, which cannot be checked`,
      zh: `"${name}[…]" 由另一个变量取值，无法检查`,
    },
    hint: { en: 'write the path out: event.data.name', zh: '请写出完整路径：event.data.name' },
    position: { from, to: from + name.length },
  };
}

interface LiquidFault extends Error {
  readonly token?: { readonly begin?: number; readonly end?: number };
}

function syntaxProblem(pointer: string, source: string, error: unknown): TemplateProblem {
  const fault = error as LiquidFault;
  // The message ends with "line:3, col:7", and after a line end quotes the source.
  const said = fault.message.split('\n')[0] ?? fault.message;
  const place = /, line:(\d+), col:(\d+)$/.exec(said);
  const what = place ? said.slice(0, place.index) : said;
  const row = Number(place?.[1] ?? 1);
  const from = fault.token?.begin ?? offsetOf(source, row, Number(place?.[2] ?? 1));
  const to = Math.max(from, Math.min(fault.token?.end ?? from + 1, source.length));
  return {
    pointer,
    code: 'template_syntax',
    message: { en: `line ${String(row)}: ${what}`, zh: `第 ${String(row)} 行：${what}` },
    position: { from, to },
  };
}

/** UTF-16 offset of a row and column, both from 1. */
function offsetOf(source: string, row: number, col: number): number {
  let start = 0;
  for (let line = 1; line < row; line += 1) {
    const end = source.indexOf('\n', start);
    if (end === -1) break;
    start = end + 1;
  }
  return start + col - 1;
}
