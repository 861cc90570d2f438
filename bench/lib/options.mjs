/** `--seconds 300 --rate 500` as numbers, over the defaults; an unknown name is an error. */
export function readOptions(args, defaults) {
  const options = { ...defaults };
  for (let index = 0; index < args.length; index += 2) {
    const name = args[index]?.replace(/^--/, '');
    const value = Number(args[index + 1]);
    if (!(name in defaults) || Number.isNaN(value)) {
      throw new Error(
        `options are ${Object.keys(defaults)
          .map((n) => `--${n} <number>`)
          .join(' ')}`,
      );
    }
    options[name] = value;
  }
  return options;
}
