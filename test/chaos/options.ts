export const USAGE =
  'npm run chaos [-- --seed 7 --minutes 5 --part 2 --parts 6 --mutants [a,b] --sum --trial --loud]';

/** What the campaign was called with. */
export interface ChaosOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly part: number;
  readonly parts: number;
  /** Undefined: none; empty: all. */
  readonly mutants: readonly string[] | undefined;
  readonly isSum: boolean;
  /** Writes nothing down: for a spec. */
  readonly isTrial: boolean;
  readonly isLoud: boolean;
}

const NUMBERS = { seed: 1, minutes: 5, part: 1, parts: 1 };

/** @throws Error that names what cannot be read */
export function readOptions(args: readonly string[]): ChaosOptions {
  const numbers = { ...NUMBERS };
  const flags = new Set<string>();
  let mutants: string[] | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const given = args[index]!;
    const name = given.replace(/^--/, '');
    if (Object.hasOwn(NUMBERS, name)) {
      index += 1;
      const text = args[index];
      const value = Number(text);
      if (!(value > 0)) {
        throw new Error(
          `--${name} takes a number above 0${text === undefined ? '' : `, not '${text}'`}`,
        );
      }
      numbers[name as keyof typeof NUMBERS] = value;
    } else if (name === 'mutants') {
      const next = args[index + 1];
      const names = next === undefined || next.startsWith('--') ? undefined : next;
      if (names !== undefined) index += 1;
      mutants = names?.split(',') ?? [];
    } else if (['sum', 'trial', 'loud'].includes(name)) flags.add(name);
    else throw new Error(`Unknown option '${given}'`);
  }
  return {
    ...numbers,
    mutants,
    isSum: flags.has('sum'),
    isTrial: flags.has('trial'),
    isLoud: flags.has('loud'),
  };
}
