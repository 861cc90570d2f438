import type { Detect } from '@amends/domain';
import { isPlainObject } from '../../json';
import { nearest } from '../report/nearest';
import { definition, wrongType, type Place, type Shape } from '../shape';
import { detectDeadlineShape } from './detect-deadline';
import { detectEventShape } from './detect-event';
import { detectSequenceShape } from './detect-sequence';
import { detectWindowShape } from './detect-window';

type DetectType = Detect['type'];

const VARIANTS = {
  event: detectEventShape,
  window: detectWindowShape,
  sequence: detectSequenceShape,
  deadline: detectDeadlineShape,
} as const;

const TYPES = Object.keys(VARIANTS) as DetectType[];

/** For every key: the types that it may stand in. */
const TYPES_OF_KEY: ReadonlyMap<string, readonly DetectType[]> = new Map(
  TYPES.flatMap((type) => VARIANTS[type].keys).map((key) => [
    key,
    TYPES.filter((type) => VARIANTS[type].keys.includes(key)),
  ]),
);

/** When the customer was let down. */
export const detectShape: Shape<Detect> = {
  read(value, place) {
    if (!isPlainObject(value)) return wrongType(value, 'object', place);
    const type = readType(value, place);
    const own: Record<string, unknown> = { type };
    for (const [key, entry] of Object.entries(value)) {
      if (key === 'type') continue;
      const types = TYPES_OF_KEY.get(key);
      if (types === undefined || types.includes(type)) own[key] = entry;
      else place.at(key).problem('not_for_this_type', { params: { key, types: types.join(', ') } });
    }
    return VARIANTS[type].read(own, place);
  },
  schema: (defs) => ({
    description: 'When was the customer let down?',
    oneOf: TYPES.map((type) => definition(type, defs, () => VARIANTS[type].schema(defs))),
  }),
};

/**
 * The type as written, or the one that the other keys speak for, so that their mistakes show too.
 */
function readType(detect: Readonly<Record<string, unknown>>, place: Place): DetectType {
  const written = detect['type'];
  const type = TYPES.find((candidate) => candidate === written);
  if (type !== undefined) return type;
  if (!Object.hasOwn(detect, 'type')) place.problem('missing_key', { params: { key: 'type' } });
  else if (typeof written !== 'string') wrongType(written, 'text', place.at('type'));
  else {
    const near = nearest(written, TYPES);
    place.at('type').problem('unknown_detect_type', {
      params: { value: written, known: TYPES.join(', ') },
      hint: near === undefined ? undefined : ['did_you_mean', { name: near }],
    });
    if (near !== undefined) return TYPES.find((candidate) => candidate === near) ?? 'event';
  }
  return guessType(Object.keys(detect));
}

function guessType(keys: readonly string[]): DetectType {
  const fits = (type: DetectType): number =>
    keys.filter((key) => VARIANTS[type].keys.includes(key)).length;
  return TYPES.reduce((best, type) => (fits(type) > fits(best) ? type : best), 'event');
}
