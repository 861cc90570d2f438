import { listShape, wrongType, type Shape } from '../shape';
import { BOUNDS } from './bounds';
import { eventTypeShape } from './names';

const list = listShape(eventTypeShape, {
  description: 'Several event types.',
  min: 1,
  max: BOUNDS.eventTypes,
  unique: { of: (type) => type, code: 'duplicate_entry' },
});

/** One event type or several. */
export function eventTypesShape(description: string): Shape<string | readonly string[]> {
  return {
    read(value, place) {
      if (Array.isArray(value)) {
        return list.read(value, place);
      }
      if (typeof value === 'string') return eventTypeShape.read(value, place);
      return wrongType(value, 'types', place);
    },
    schema: (defs) => ({
      description,
      anyOf: [eventTypeShape.schema(defs), list.schema(defs)],
    }),
  };
}
