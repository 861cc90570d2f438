import { pointTo } from '../../json';
import type { ProblemCode } from '../report/problem-texts';
import type { Remark, Report } from '../report/report';
import type { Draft } from './draft';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas by name, for `$defs`; filled while a schema is written. */
export type SchemaDefs = Map<string, JsonSchema>;

/**
 * One definition of a part of the document: how it is read from JSON, and its JSON Schema. The
 * compiler checks it against the type `T` of the domain.
 */
export interface Shape<T> {
  /** Never there: it tells the compiler what the shape is of. */
  readonly of?: T;
  /**
   * The value without what is wrong in it; undefined if nothing is left. All mistakes are reported.
   */
  read(value: unknown, place: Place): Draft<T> | undefined;
  schema(defs: SchemaDefs): JsonSchema;
}

export type AnyShape = Shape<unknown>;

/** What a shape is of. */
export type TypeOf<S extends AnyShape> = S extends { readonly of?: infer T }
  ? Exclude<T, undefined>
  : never;

/** A place in the document that is being read. */
export class Place {
  constructor(
    readonly pointer: string,
    readonly report: Report,
    /** Conditions met so far in the whole document. */
    readonly conditions: { count: number } = { count: 0 },
  ) {}

  at(token: string | number): Place {
    return new Place(pointTo(this.pointer, token), this.report, this.conditions);
  }

  /** Reports a mistake at this place. Always undefined: what a reader of any type returns then. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the reader's type
  problem<T>(code: ProblemCode, remark: Remark = {}): T | undefined {
    this.report.problem(this.pointer, code, remark);
    return undefined;
  }
}
