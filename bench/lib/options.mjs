/**
 * `--seconds 300 --rate 500` over the defaults, an unknown name is an error. What is a number among the defaults must be one.
 */
export function readOptions(args, defaults) {
  const options = { ...defaults };
  for (let index = 0; index < args.length; index += 2) {
    const name = args[index]?.replace(/^--/, '');
    const isNumber = typeof defaults[name] === 'number';
    const value = isNumber ? Number(args[index + 1]) : args[index + 1];
    if (!(name in defaults) || value === undefined || Number.isNaN(value)) {
      throw new Error(
        `options are ${Object.entries(defaults)
          .map(([n, given]) => `--${n} <${typeof given}>`)
          .join(' ')}`,
      );
    }
    options[name] = value;
  }
  return options;
}
