import type { JsonObject } from '../json';
import type { Repeat } from '../rule-document';
import { compilePath, parseDuration } from '../values';
import { keyText } from './compiled-common';
import type { IncidentReading } from './effects';

/** `repeat`: only every n-th miss within `over`, counted per `by`, is an incident. */
export interface RepeatSpec {
  readonly times: number;
  readonly overMs: number;
  /** JSON text of the value misses are counted by. */
  readonly valueOf: (reading: IncidentReading) => string | undefined;
  readonly path: string;
}

export function compileRepeat(
  repeat: Repeat,
  defaultBy: string,
  factNames: ReadonlySet<string>,
): RepeatSpec {
  const path = repeat.by ?? defaultBy;
  const reader = compilePath(path, factNames);
  return {
    times: repeat.times,
    overMs: parseDuration(repeat.over) ?? 0,
    path,
    valueOf: ({ event, facts }: { event: JsonObject; facts: JsonObject }) =>
      keyText(reader({ event, vars: {}, facts })),
  };
}
