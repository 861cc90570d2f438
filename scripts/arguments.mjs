// What a script was called with; called wrongly, it says how it is called, and ends (EX_USAGE of sysexits.h).
import { parseArgs } from 'node:util';

const EXIT_USAGE = 64;

/**
 * @param {string} usage one line or more, shown to whoever called it wrongly
 * @param {import('node:util').ParseArgsConfig['options']} [options] none, unless given
 */
export function readArguments(usage, options = {}) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(EXIT_USAGE);
  }
}
