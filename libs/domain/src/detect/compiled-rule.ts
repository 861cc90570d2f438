import { compileCalendar } from '../calendar';
import { type CompiledDecision, compileDecision } from '../decision';
import type {
  CalendarDocument,
  DetectDeadline,
  DetectEvent,
  DetectSequence,
  DetectWindow,
  RuleDocument,
} from '../rule-document';
import { compileDeadline, type DeadlineSpec } from './compiled-deadline';
import { type EventDetector, eventDetector } from './event-rule';
import { type SequenceDetector, sequenceDetector } from './sequence';
import { typesOf } from './types-of';
import { type WindowDetector, windowDetector } from './window';

export type Detector =
  | EventDetector
  | WindowDetector
  | SequenceDetector
  | { readonly type: 'deadline'; readonly spec: DeadlineSpec };

/** One version of a rule, compiled once into closures. */
export interface CompiledRule {
  readonly document: RuleDocument;
  readonly version: number;
  readonly detector: Detector;
  readonly decision: CompiledDecision;
  /** Every event type the rule looks at. */
  readonly eventTypes: readonly string[];
  /** The types that must have been read before a timer of this rule may fire (semantics 10). */
  readonly clockTypes: readonly string[];
}

export interface CompileOptions {
  readonly version: number;
  readonly calendars: ReadonlyMap<string, CalendarDocument>;
}

/**
 * Compiles a validated document.
 * @throws Error if the document was not validated, or names a calendar that is not among `calendars`
 */
export function compileRule(document: RuleDocument, options: CompileOptions): CompiledRule {
  const types = detectTypes(document);
  return {
    document,
    version: options.version,
    detector: compileDetector(document, options),
    decision: compileDecision(document),
    eventTypes: types,
    clockTypes: types,
  };
}

function compileDetector(document: RuleDocument, { calendars }: CompileOptions): Detector {
  const { detect } = document;
  switch (detect.type) {
    case 'event':
      return eventDetector(document as RuleDocument & { detect: DetectEvent });
    case 'window':
      return windowDetector(document as RuleDocument & { detect: DetectWindow });
    case 'sequence':
      return sequenceDetector(document as RuleDocument & { detect: DetectSequence });
    case 'deadline': {
      const named = detect.calendar === undefined ? undefined : calendars.get(detect.calendar);
      if (detect.calendar !== undefined && !named) {
        throw new Error(`rule ${document.id} names the unknown calendar ${detect.calendar}`);
      }
      const spec = compileDeadline(
        document as RuleDocument & { detect: DetectDeadline },
        named ? compileCalendar(named) : null,
      );
      return { type: 'deadline', spec };
    }
  }
}

function detectTypes({ detect }: RuleDocument): string[] {
  switch (detect.type) {
    case 'event':
      return [detect.event];
    case 'window':
      return [...typesOf(detect.event)];
    case 'sequence':
      return unique([
        ...detect.steps.map((step) => (typeof step === 'string' ? step : step.event)),
        ...typesOf(detect.cancel),
      ]);
    case 'deadline':
      return unique([
        ...typesOf(detect.start),
        ...typesOf(detect.extend),
        ...typesOf(detect.expect),
        ...typesOf(detect.cancel),
      ]);
  }
}

function unique(types: readonly string[]): string[] {
  return [...new Set(types)];
}
