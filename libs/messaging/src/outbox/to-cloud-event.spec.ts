import type { OutboxRow } from './outbox-table';
import { toCloudEvent } from './to-cloud-event';

const ROW: OutboxRow = {
  shard: 3,
  id: 7n,
  topic: 'amends.incidents',
  type: 'amends.incident.paid',
  subject: 'inc_1',
  customerId: 'ana',
  eventId: 'inc_1.2.paid',
  at: new Date('2026-03-01T04:05:06.789Z'),
  data: {
    id: 'inc_1',
    key_path: 'data.order_id',
    key: '"o1"',
    state: 'paid',
    amount_minor: '1300',
    currency: 'CNY',
  },
};

describe('an event of ours', () => {
  it('is a CloudEvent 1.0 in structured mode, keyed by its customer', () => {
    const { topic, key, value } = toCloudEvent(ROW);

    expect({ topic, key }).toEqual({ topic: 'amends.incidents', key: 'ana' });
    expect(JSON.parse(value)).toEqual({
      specversion: '1.0',
      id: 'inc_1.2.paid',
      source: '/amends',
      type: 'amends.incident.paid',
      time: '2026-03-01T04:05:06.789Z',
      subject: 'inc_1',
      customerid: 'ana',
      datacontenttype: 'application/json',
      data: {
        id: 'inc_1',
        state: 'paid',
        key: { 'data.order_id': 'o1' },
        amount: { value: '13.00', currency: 'CNY' },
      },
    });
  });

  it('names no amount where there is none', () => {
    const data = { id: 'inc_1', amount_minor: null, currency: null };
    const { value } = toCloudEvent({ ...ROW, data });

    expect((JSON.parse(value) as { data: object }).data).toEqual({ id: 'inc_1' });
  });

  it('gives a key that is no JSON as it is, rather than holding up all that stands behind it', () => {
    const { value } = toCloudEvent({ ...ROW, data: { key_path: 'customerid', key: 'o1' } });

    expect((JSON.parse(value) as { data: object }).data).toEqual({ key: { customerid: 'o1' } });
  });
});
