import type { Shape } from '../shape';
import { textShape } from '../shape';
import { BOUNDS } from './bounds';

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

export function slugShape(description: string): Shape<string> {
  const pattern = { regex: SLUG, code: 'bad_id', param: 'id' } as const;
  return textShape({ description, maxLength: 63, pattern });
}

/** An event type as CloudEvents names them. */
export const eventTypeShape: Shape<string> = textShape({
  description: 'Event type, such as delivery.delivered.',
  maxLength: 255,
  pattern: {
    regex: /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/,
    code: 'bad_event_type',
    param: 'type',
  },
});

const PATH = /^[^\s.[\]{}"'`\\]+(?:\.[^\s.[\]{}"'`\\]+)*$/;

export function isPath(text: string): boolean {
  return text.length <= BOUNDS.pathLength && PATH.test(text);
}

export function pathShape(description: string): Shape<string> {
  const inner = textShape({
    description,
    maxLength: BOUNDS.pathLength,
    examples: ['data.order_id'],
  });
  return {
    read(value, place) {
      const path = inner.read(value, place);
      if (path === undefined || PATH.test(path)) return path;
      return place.problem('bad_path', { params: { path }, hint: pathHint(path) });
    },
    schema: (defs) => ({ ...inner.schema(defs), pattern: PATH.source }),
  };
}

export function pathHint(path: string): readonly ['use_dots'] | undefined {
  return path.includes('[') ? ['use_dots'] : undefined;
}
