import type { ProblemCode } from '../report/problem-texts';
import { nearest } from '../report/nearest';
import { wrongType } from './expected';
import type { JsonSchema, Shape } from './shape';

export interface TextOptions {
  readonly description: string;
  readonly maxLength: number;
  /**
   * The whole text must match; a mistake is reported as `code` with the text as parameter `param`.
   */
  readonly pattern?: { readonly regex: RegExp; readonly code: ProblemCode; readonly param: string };
  readonly examples?: readonly string[];
}

/** A text that is not empty. */
export function textShape(options: TextOptions): Shape<string> {
  const { description, maxLength, pattern, examples } = options;
  return {
    read(value, place) {
      if (typeof value !== 'string') return wrongType(value, 'text', place);
      if (value.trim() === '') return place.problem('empty_text');
      if (value.length > maxLength)
        return place.problem('too_long', { params: { max: maxLength } });
      if (pattern === undefined || pattern.regex.test(value)) return value;
      return place.problem(pattern.code, { params: { [pattern.param]: value } });
    },
    schema: () => ({
      type: 'string',
      description,
      minLength: 1,
      maxLength,
      ...(pattern === undefined ? {} : { pattern: pattern.regex.source }),
      ...(examples === undefined ? {} : { examples }),
    }),
  };
}

export interface IntegerOptions {
  readonly description: string;
  readonly min: number;
  readonly max: number;
}

export function integerShape({ description, min, max }: IntegerOptions): Shape<number> {
  return {
    read(value, place) {
      if (typeof value !== 'number') return wrongType(value, 'number', place);
      if (!Number.isInteger(value)) return place.problem('not_an_integer');
      if (value >= min && value <= max) return value;
      return place.problem('number_range', { params: { min, max } });
    },
    schema: () => ({ type: 'integer', description, minimum: min, maximum: max }),
  };
}

/** Any finite number. */
export function numberShape(description: string): Shape<number> {
  return {
    read: (value, place) =>
      typeof value === 'number' && Number.isFinite(value)
        ? value
        : wrongType(value, 'number', place),
    schema: () => ({ type: 'number', description }),
  };
}

export function booleanShape(description: string): Shape<boolean> {
  return {
    read: (value, place) =>
      typeof value === 'boolean' ? value : wrongType(value, 'boolean', place),
    schema: () => ({ type: 'boolean', description }),
  };
}

/** One of some words. */
export function wordShape<const Word extends string>(
  words: readonly Word[],
  description: string,
  code: ProblemCode = 'unknown_value',
): Shape<Word> {
  return {
    read(value, place) {
      if (typeof value !== 'string') return wrongType(value, 'text', place);
      const word = words.find((candidate) => candidate === value);
      if (word !== undefined) return word as never;
      const near = nearest(value, words);
      return place.problem(code, {
        params: { value, known: words.join(', ') },
        hint: near === undefined ? undefined : ['did_you_mean', { name: near }],
      });
    },
    schema: (): JsonSchema =>
      words.length === 1 ? { const: words[0], description } : { enum: words, description },
  };
}
