import type { z } from 'zod';
import { parseConfig, type ConfigProblem, type Environment } from './parse-config';

/** EX_CONFIG of sysexits.h: told apart from a crash by whoever supervises the process. */
export const EXIT_CONFIG = 78;

/**
 * The configuration of a process, read once, in `main.ts`. When anything is wrong it prints every
 * problem at once to standard error and ends the process with `EXIT_CONFIG`.
 */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  env: Environment = process.env,
): z.output<S> {
  const parsed = parseConfig(schema, env);
  if (parsed.ok) return parsed.config;

  process.stderr.write(describeConfigProblems(parsed.problems));
  process.exit(EXIT_CONFIG);
}

/** The problems as the operator sees them: one line each. */
export function describeConfigProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'problem' : 'problems';
  const lines = problems.map(({ variable, message }) =>
    variable === '' ? `  - ${message}` : `  - ${variable}: ${message}`,
  );
  return [`Configuration: ${String(problems.length)} ${count}`, ...lines, ''].join('\n');
}
