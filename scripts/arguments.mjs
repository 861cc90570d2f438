// What a script was called with; called wrongly, it says how it is called, and ends (EX_USAGE of sysexits.h).
import { parseArgs } from 'node:util';

const EXIT_USAGE = 64;

/**
 * @param {string} usage one line or more, shown to whoever called it wrongly
 * @param {import('node:util').ParseArgsConfig['options']} [options] none, unless given
 */
export function readArguments(usage, options = {}) {
  return orSayHow(usage, () => parseArgs({ options }).values);
}

/**
 * The same for a script that reads its arguments itself.
 *
 * @template T
 * @param {string} usage
 * @param {() => T} read throws what is wrong with them
 * @returns {T}
 */
export function orSayHow(usage, read) {
  try {
    return read();
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(EXIT_USAGE);
  }
}
