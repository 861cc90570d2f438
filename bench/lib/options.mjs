/** As of an unknown bench. */
const EXIT_USAGE = 2;

/**
 * `--seconds 300 --rate 500` over the defaults, an unknown name ends the process. What is a number among the defaults must be one.
 */
export function readOptions(args, defaults) {
  const options = { ...defaults };
  for (let index = 0; index < args.length; index += 2) {
    const name = args[index]?.replace(/^--/, '');
    const isNumber = typeof defaults[name] === 'number';
    const value = isNumber ? Number(args[index + 1]) : args[index + 1];
    if (!(name in defaults) || value === undefined || Number.isNaN(value)) {
      const known = Object.entries(defaults).map(([n, given]) => `--${n} <${typeof given}>`);
      console.error(`options are ${known.join(' ')}`);
      process.exit(EXIT_USAGE);
    }
    options[name] = value;
  }
  return options;
}
