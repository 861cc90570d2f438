const OWN_TOPIC = new Set(['delivery', 'quality', 'support']);

export const OTHER_TOPIC = 'other.events';

/** Every topic that an event goes to without overrides. */
export const DEFAULT_TOPICS: readonly string[] = [
  'delivery.events',
  'quality.events',
  'support.events',
  OTHER_TOPIC,
];

/**
 * The topic of an event type: by its first part. `overrides` maps types or their leading parts
 * (`billing`, `billing.invoice`) to topics; the longest wins.
 */
export function eventTopic(type: string, overrides: Readonly<Record<string, string>> = {}): string {
  for (let prefix = type; prefix !== ''; prefix = withoutLastPart(prefix)) {
    const topic = Object.hasOwn(overrides, prefix) ? overrides[prefix] : undefined;
    if (topic !== undefined) return topic;
  }
  const first = type.split('.', 1)[0] ?? '';
  return OWN_TOPIC.has(first) ? `${first}.events` : OTHER_TOPIC;
}

function withoutLastPart(type: string): string {
  return type.slice(0, Math.max(type.lastIndexOf('.'), 0));
}
