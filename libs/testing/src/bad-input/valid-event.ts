/** A plain event that every door accepts; the bad inputs are made from it. */
export const VALID_EVENT = {
  specversion: '1.0',
  id: 'bad-input-1',
  source: '/bad-input',
  type: 'delivery.delivered',
  time: '2026-03-01T12:34:10+08:00',
  subject: 'order/8812',
  customerid: 'c_bad_input',
  data: { order_id: '8812', price: { value: '13.00', currency: 'CNY' } },
} as const;

/** The event as JSON text with some attributes put in or, as undefined, left out. */
export function eventText(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ ...VALID_EVENT, ...changes });
}

/**
 * The event with `json` put in as it stands for the value of `data.x`: for what JSON.stringify
 * cannot write.
 */
export function eventWithRawData(json: string): string {
  return eventText({ data: '@' }).replace('"@"', () => `{"x":${json}}`);
}

/** The event with `members` put in as they stand before all others. */
export function eventWithRawMembers(members: string): string {
  return `{${members},${eventText().slice(1)}`;
}
