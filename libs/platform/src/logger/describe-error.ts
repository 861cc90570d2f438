import { scrub } from './scrub';

/** An error as it may be logged. */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** Where PostgreSQL found the fault: names of our own tables and constraints, never values. */
  readonly constraint?: string;
  readonly table?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

const CAUSES_MAX = 3;
const FRAMES_MAX = 12;

/**
 * Reduces an error to what a person needs to find the fault. Bodies, parameters, queries, request
 * and response objects hung on it are left behind: drivers and HTTP clients attach what they sent.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: scrub(textOf(error)) };

  const { cause } = error;
  return {
    type: error.name,
    message: scrub(error.message),
    ...named(error, 'code'),
    ...named(error, 'constraint'),
    ...named(error, 'table'),
    ...frames(error),
    ...(cause !== undefined && depth < CAUSES_MAX
      ? { cause: describeError(cause, depth + 1) }
      : undefined),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : Object.prototype.toString.call(value);
}

function named(error: Error, key: 'code' | 'constraint' | 'table'): Record<string, string> {
  const value = (error as unknown as Readonly<Record<string, unknown>>)[key];
  const isPlain = typeof value === 'string' || typeof value === 'number';
  return isPlain ? { [key]: scrub(String(value)) } : {};
}

/** Only the frames: the head of a stack repeats the message, unscrubbed. */
function frames(error: Error): { stack?: string } {
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return lines.length === 0 ? {} : { stack: lines.slice(0, FRAMES_MAX).join('\n') };
}
