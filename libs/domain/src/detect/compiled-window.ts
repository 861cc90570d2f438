import type { CompiledConditions, CompiledOperators } from '../conditions';
import { compileOperators } from '../conditions';
import type { DetectWindow, Measure, RuleDocument } from '../rule-document';
import { compilePath, type PathReader } from '../values';
import { type CommonSpec, compileCommon, compileOwn } from './compiled-common';
import { known } from './compiled-deadline';
import { typesOf } from './types-of';

export type MeasureKind = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'distinct' | 'share' | 'ratio';

export interface WindowSpec extends CommonSpec {
  readonly type: 'window';
  readonly types: ReadonlySet<string>;
  readonly overMs: number;
  readonly measure: MeasureKind;
  /** What is measured: one path, for a ratio two. */
  readonly paths: readonly PathReader[];
  readonly pathNames: readonly string[];
  readonly share: CompiledConditions | null;
  readonly is: CompiledOperators;
  readonly minEvents: number;
}

export function compileWindow(
  document: RuleDocument & { readonly detect: DetectWindow },
): WindowSpec {
  const { detect } = document;
  const common = compileCommon(document, known);
  const { kind, paths, share } = measureParts(detect.measure);
  return {
    ...common,
    type: 'window',
    types: new Set(typesOf(detect.event)),
    overMs: known(detect.over),
    measure: kind,
    paths: paths.map((path) => compilePath(path, common.factNames, common.varNames)),
    pathNames: paths,
    share: share ? compileOwn(common, share) : null,
    is: compileOperators(detect.is, common.factNames, common.varNames),
    minEvents: detect.min_events ?? 1,
  };
}

function measureParts(measure: Measure) {
  if (measure === 'count') return { kind: 'count' as const, paths: [], share: null };
  if ('share' in measure) return { kind: 'share' as const, paths: [], share: measure.share };
  if ('ratio' in measure) return { kind: 'ratio' as const, paths: [...measure.ratio], share: null };
  const [kind, path] = Object.entries(measure)[0] as [MeasureKind, string];
  return { kind, paths: [path], share: null };
}
