import { eventTopic } from './event-topic';

describe('eventTopic', () => {
  it.each([
    ['delivery.delivered', 'delivery.events'],
    ['quality.playback.ended', 'quality.events'],
    ['support.case.opened', 'support.events'],
    ['refund.issued', 'other.events'],
    ['delivery', 'delivery.events'],
    ['deliverys.x', 'other.events'],
    ['constructor', 'other.events'],
    ['__proto__.x', 'other.events'],
    ['.x', 'other.events'],
  ])('%s goes to %s', (type, topic) => {
    expect(eventTopic(type)).toBe(topic);
  });

  it('lets settings say otherwise, the longest prefix first', () => {
    const overrides = { billing: 'billing.events', 'billing.invoice': 'invoices', delivery: 'd' };
    expect(eventTopic('billing.refund.made', overrides)).toBe('billing.events');
    expect(eventTopic('billing.invoice.sent', overrides)).toBe('invoices');
    expect(eventTopic('billing.invoice', overrides)).toBe('invoices');
    expect(eventTopic('delivery.x', overrides)).toBe('d');
    expect(eventTopic('constructor.x', overrides)).toBe('other.events');
  });
});
