import { ParseError } from '@marcbachmann/cel-js';
import { functionNames, publicNames } from './engine';

export type FactProblemCode =
  | 'invalid_name'
  | 'too_long'
  | 'too_complex'
  | 'syntax'
  | 'unknown_variable'
  | 'unknown_function'
  | 'wrong_type'
  | 'matches_refused'
  | 'loop_refused';

/**
 * Why an expression of `let` is refused, with its place in the source (UTF-16 offsets, end
 * exclusive).
 */
export interface FactProblem {
  readonly name: string;
  readonly code: FactProblemCode;
  readonly message: string;
  readonly from: number;
  readonly to: number;
  /** The name that is unknown. */
  readonly word?: string;
}

interface EngineError {
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number };
}

const UNKNOWN_VARIABLE = /^Unknown variable: (\S+)$/;
const CALLED = /overload for '(?:[^']*\.)?([A-Za-z_][A-Za-z0-9_]*)\(/;

/** The engine's error in our words and codes. */
export function problemFrom(name: string, error: unknown, length: number): FactProblem {
  if (!isEngineError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { name, code: 'syntax', message, from: 0, to: length };
  }
  const from = error.range?.start ?? 0;
  const to = Math.max(error.range?.end ?? length, from);
  const code = codeOf(error);
  const word = unknownWord(code, error);
  const message = publicNames(error.summary);
  return { name, code, message, from, to, ...(word === undefined ? {} : { word }) };
}

function unknownWord(code: FactProblemCode, { summary }: EngineError): string | undefined {
  if (code === 'unknown_variable') return UNKNOWN_VARIABLE.exec(summary)?.[1];
  return code === 'unknown_function' ? CALLED.exec(summary)?.[1] : undefined;
}

function codeOf(error: EngineError): FactProblemCode {
  if (error.code === 'limit_exceeded') return 'too_complex';
  if (error.code === 'unknown_variable') return 'unknown_variable';
  if (error instanceof ParseError) return 'syntax';
  const called = CALLED.exec(error.summary)?.[1];
  return called !== undefined && !functionNames.has(called) ? 'unknown_function' : 'wrong_type';
}

function isEngineError(error: unknown): error is EngineError {
  return error instanceof Error && 'summary' in error && 'code' in error;
}
