import { waitFor, type SpawnedService } from '@amends/testing';
import type { OlistOrder } from './data/olist';
import type { RealEvent } from './data/real-event';
import type { Compensation, Incident, Message, Rest } from './service/rest';

/** Past every promise of the sample and the hour that late arrivals have. */
export const AFTER_THE_LAST_PROMISE = '2018-11-01T00:00:00-03:00';

/** The customers' addresses, known before they order anything. */
export function addressBook(orders: readonly OlistOrder[]): readonly RealEvent[] {
  return [...new Set(orders.map((order) => order.customerId))].map((customerId) => ({
    specversion: '1.0',
    source: '/crm',
    id: customerId,
    type: 'customer.updated',
    time: '2016-09-01T00:00:00-03:00',
    subject: `customer/${customerId}`,
    customerid: customerId,
    data: { email: `${customerId}@example.com`, locale: 'en', currency: 'BRL' },
  }));
}

export interface Outcome {
  readonly incidents: readonly Incident[];
  readonly compensations: readonly Compensation[];
  readonly messages: readonly Message[];
}

/** Everything there is once all that is expected has come to its end, and a moment longer. */
export async function outcomeOf(
  service: SpawnedService,
  rest: Rest,
  expected: number,
  timeoutMs: number,
): Promise<Outcome> {
  const look = async (): Promise<Outcome> => ({
    incidents: await rest.list<Incident>('/v1/incidents'),
    compensations: await rest.list<Compensation>('/v1/compensations'),
    messages: await rest.list<Message>('/v1/messages'),
  });
  const isOver = ({ incidents, messages }: Outcome) =>
    incidents.length >= expected &&
    incidents.every(({ state }) => state !== 'paying') &&
    messages.filter(({ state }) => state === 'sent').length >= expected;
  await waitFor(async () => isOver(await look()), {
    timeoutMs,
    pollMs: 500,
    what: `${String(expected)} incidents, paid and told (the service wrote: ${tail(service)})`,
  });
  // Something false or double would come late, if it comes.
  await new Promise((resume) => setTimeout(resume, 1_500));
  return look();
}

/** What the rule owes for the order: the freight, at least 5.00 and at most 40.00 BRL. */
export function owed({ freightCentavos }: OlistOrder): string {
  return (Math.min(4000, Math.max(500, freightCentavos)) / 100).toFixed(2);
}

function tail(service: SpawnedService): string {
  return service.output.slice(-2_000);
}
