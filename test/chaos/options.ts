/** `--seed 7 --minutes 5 --part 2 --parts 6`, `--mutants`, `--sum`. */
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

export function readOptions(args: readonly string[]): ChaosOptions {
  const numbers = { ...NUMBERS };
  const flags = new Set<string>();
  let mutants: string[] | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const name = args[index]!.replace(/^--/, '');
    if (name in numbers) {
      index += 1;
      const value = Number(args[index]);
      if (!(value > 0)) throw new Error(`--${name} takes a number above 0`);
      numbers[name as keyof typeof NUMBERS] = value;
    } else if (name === 'mutants') {
      const next = args[index + 1];
      const names = next === undefined || next.startsWith('--') ? undefined : next;
      if (names !== undefined) index += 1;
      mutants = names?.split(',') ?? [];
    } else if (['sum', 'trial', 'loud'].includes(name)) flags.add(name);
    else {
      throw new Error(
        `--${name}? There are --seed --minutes --part --parts --mutants [a,b] --sum --trial --loud`,
      );
    }
  }
  return {
    ...numbers,
    mutants,
    isSum: flags.has('sum'),
    isTrial: flags.has('trial'),
    isLoud: flags.has('loud'),
  };
}
