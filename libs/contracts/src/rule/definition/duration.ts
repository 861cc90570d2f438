import { parseDuration } from '@amends/domain';
import type { Shape } from '../shape';
import { textShape } from '../shape';
import { BOUNDS } from './bounds';

export interface DurationOptions {
  readonly description: string;
  /** Whether `0s` will do. */
  readonly zero: boolean;
}

const PATTERN = '^(?!$)(?:\\d{1,9}d)?(?:\\d{1,9}h)?(?:\\d{1,9}m)?(?:\\d{1,9}s)?$';

/** `15m`, `24h`, `2d`, `1d12h`, `90s`; at most ten years. */
export function durationShape({ description, zero }: DurationOptions): Shape<string> {
  const text = textShape({ description, maxLength: 40, examples: ['30m', '24h', '1d12h'] });
  return {
    read(value, place) {
      const written = text.read(value, place);
      if (written === undefined) return undefined;
      const durationMs = parseDuration(written);
      if (durationMs === undefined)
        return place.problem(codeOf(written), { params: { value: written } });
      if (durationMs === 0 && !zero) return place.problem('zero_duration');
      return durationMs > BOUNDS.durationMs ? place.problem('duration_too_long') : written;
    },
    schema: (defs) => ({ ...text.schema(defs), pattern: PATTERN }),
  };
}

/** A duration as written may be longer than can be counted with. */
function codeOf(written: string): 'duration_too_long' | 'bad_duration' {
  return new RegExp(PATTERN).test(written) ? 'duration_too_long' : 'bad_duration';
}
