import type { Conditions } from '@amends/domain';
import { isPlainObject, pointTo } from '../../json';

/** A path that stands in conditions, and where. */
export interface ConditionPath {
  readonly pointer: string;
  readonly path: string;
}

/** Every path of the conditions, with those of `{field: …}` operands. */
export function conditionPaths(
  conditions: Conditions | undefined,
  pointer: string,
): readonly ConditionPath[] {
  return Object.entries(conditions ?? {}).flatMap(([key, entry]) => {
    const at = pointTo(pointer, key);
    if (key === 'any') {
      const maps = entry as readonly Conditions[];
      return maps.flatMap((map, index) => conditionPaths(map, pointTo(at, index)));
    }
    if (key === 'not') return conditionPaths(entry as Conditions, at);
    return [{ pointer: at, path: key }, ...fieldPaths(entry, at)];
  });
}

/** The paths of `{field: …}` in an operand or in operators. */
export function fieldPaths(operand: unknown, pointer: string): readonly ConditionPath[] {
  if (!isPlainObject(operand)) return [];
  const { field } = operand;
  if (typeof field === 'string') return [{ pointer: pointTo(pointer, 'field'), path: field }];
  return Object.entries(operand).flatMap(([name, inner]) =>
    fieldPaths(inner, pointTo(pointer, name)),
  );
}
