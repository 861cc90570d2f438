import { z } from 'zod';

/**
 * Building blocks of the apps' schemas. Every value arrives as text; these turn it into the type
 * the program uses and say in the operator's words what is wrong.
 */
export const setting = {
  /** A TCP port. 0 lets the system choose. */
  port: () => integerText(0, 65_535),

  /** A whole number within bounds, both included. */
  integer: (least: number, most: number) => integerText(least, most),

  /** `true`/`false`, `1`/`0`, `yes`/`no`, `on`/`off`. */
  flag: () =>
    z
      .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], {
        error: 'must be true or false',
      })
      .transform((text) => ['true', '1', 'yes', 'on'].includes(text)),

  /** An address of one of the given schemes, such as `postgres`. Its text is kept as it came. */
  url: (...schemes: readonly string[]) =>
    z.string().refine((text) => schemes.some((scheme) => isUrl(text, scheme)), {
      error: `must be an address starting with ${schemes.map((s) => `${s}://`).join(' or ')}`,
    }),

  /** Comma-separated words, none of them empty. */
  list: () =>
    z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .refine((parts) => parts.every((part) => part !== ''), {
        error: 'must be a comma-separated list without empty parts',
      }),

  logLevel: () =>
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be one of fatal, error, warn, info, debug, trace, silent',
    }),
};

function integerText(least: number, most: number) {
  const error = `must be a whole number from ${String(least)} to ${String(most)}`;
  return z
    .string()
    .regex(/^-?\d{1,15}$/, { error })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error });
}

function isUrl(text: string, scheme: string): boolean {
  if (!text.startsWith(`${scheme}://`) || !URL.canParse(text)) return false;
  // PostgreSQL names the folder of a socket in a parameter: postgres:///amends?host=/run/pg.
  const { host, searchParams } = new URL(text);
  return host !== '' || searchParams.has('host');
}
