import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { nearest } from './nearest';

/** One thing that is wrong with the environment. `variable` is empty when it is about several. */
export interface ConfigProblem {
  readonly variable: string;
  readonly message: string;
}

export type ParsedConfig<T> =
  | { readonly ok: true; readonly config: T }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables of ours that no app's schema names: crash points and what test runs pass along.
 * Anything else that starts with AMENDS_ and is not in the schema is a misspelling.
 */
const OUTSIDE_SCHEMAS = /^AMENDS_(TEST_.*|CRASH_AT)$/;

/**
 * Reads the variables the schema names from the environment, all problems at once.
 *
 * - An empty variable counts as not set, as in compose files.
 * - `NAME_FILE` gives a file whose content (less a trailing line end) is the value of `NAME`:
 *   how secrets are mounted. Both set is a problem, and so is a file that cannot be read.
 * - An unknown `AMENDS_…` variable is a problem: a misspelt setting must not be dropped silently.
 *
 * A problem never repeats the value: it may be a secret.
 */
export function parseConfig<S extends z.ZodObject>(
  schema: S,
  env: Environment,
): ParsedConfig<z.output<S>> {
  const names = Object.keys(schema.shape);
  const problems: ConfigProblem[] = [...misspelt(names, env)];
  const values: Record<string, string> = {};

  for (const name of names) {
    const read = readVariable(name, names, env);
    if (typeof read === 'string') values[name] = read;
    else if (read !== undefined) problems.push(read);
  }

  const parsed = schema.safeParse(values);
  const told = new Set(problems.map((problem) => problem.variable));
  for (const issue of parsed.error?.issues ?? []) {
    const variable = issue.path.map(String).join('.');
    if (told.has(variable)) continue;
    const missing = variable !== '' && values[variable] === undefined;
    problems.push({
      variable,
      message: missing ? required(issue) : issue.message,
    });
  }

  if (parsed.success && problems.length === 0) return { ok: true, config: parsed.data };
  return { ok: false, problems };
}

/** Why somebody asked for it, where there is a why beside its not being there. */
function required({ code, message }: { readonly code: string; readonly message: string }): string {
  return code === 'invalid_type' ? 'is required' : `is required (${message})`;
}

function readVariable(
  name: string,
  names: readonly string[],
  env: Environment,
): string | ConfigProblem | undefined {
  const plain = env[name];
  const fileVariable = `${name}_FILE`;
  // A schema may have a setting of its own that ends in _FILE; that is not the file of another.
  const path = names.includes(fileVariable) ? undefined : env[fileVariable];
  const hasPlain = plain !== undefined && plain !== '';

  if (path === undefined || path === '') return hasPlain ? plain : undefined;
  if (hasPlain) return { variable: name, message: `is set, and so is ${fileVariable}: which?` };
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return { variable: name, message: `the file named by ${fileVariable} cannot be read: ${code}` };
  }
}

function misspelt(names: readonly string[], env: Environment): ConfigProblem[] {
  const known = new Set(names.flatMap((name) => [name, `${name}_FILE`]));
  return Object.keys(env)
    .filter((name) => name.startsWith('AMENDS_') && !known.has(name))
    .filter((name) => env[name] !== '' && !OUTSIDE_SCHEMAS.test(name))
    .map((variable) => {
      const hint = nearest(variable, names);
      const message = 'is not a setting of this program';
      return { variable, message: hint === undefined ? message : `${message}; meant: ${hint}?` };
    });
}
