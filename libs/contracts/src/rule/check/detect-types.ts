import { listOf, type DetectDraft } from './rule-draft';

/** Event types by what they do in a `detect`; a deadline's plain paths speak of its start. */
export interface DetectTypes {
  /** Events that plain paths speak of. */
  readonly spoken: readonly string[];
  /** All events that are looked at. */
  readonly all: readonly string[];
}

export function detectTypes(detect: DetectDraft | undefined): DetectTypes {
  switch (detect?.type) {
    case undefined:
      return { spoken: [], all: [] };
    case 'event': {
      const trigger = listOf(detect.event);
      const found = listOf(detect.for_each?.event);
      return { spoken: found.length > 0 ? found : trigger, all: [...trigger, ...found] };
    }
    case 'window':
      return { spoken: listOf(detect.event), all: listOf(detect.event) };
    case 'sequence': {
      const steps = (detect.steps ?? []).flatMap((step) => listOf(stepType(step)));
      return { spoken: steps.slice(-1), all: [...steps, ...listOf(detect.cancel)] };
    }
    case 'deadline': {
      const starts = listOf(detect.start);
      const others = [detect.expect, detect.cancel, detect.extend].flatMap(listOf);
      return { spoken: starts, all: [...starts, ...others] };
    }
  }
}

export function stepType(
  step: string | { readonly event?: string | undefined } | undefined,
): string | undefined {
  return typeof step === 'object' ? step.event : step;
}

/** Events without which there is no incident: each may open one, a trigger that fans out many. */
export function openingTypes(detect: DetectDraft | undefined): readonly string[] {
  switch (detect?.type) {
    case undefined:
      return [];
    case 'event':
    case 'window':
      return listOf(detect.event);
    case 'sequence':
      return (detect.steps ?? []).flatMap((step) => listOf(stepType(step)));
    case 'deadline':
      return listOf(detect.start);
  }
}
