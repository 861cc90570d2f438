import { helpdeskEvents, helpdeskTickets, isTakenLate } from './helpdesk-it';
import { poqemonSessions } from './poqemon-qoe';
import { score } from './score';

describe('the helpdesk-it sample as events', () => {
  const tickets = helpdeskTickets();

  it('has 388 tickets taken in charge after more than a day, and 68 never', () => {
    expect(tickets).toHaveLength(947);
    expect(tickets.filter(isTakenLate)).toHaveLength(388);
    expect(tickets.filter((ticket) => ticket.waitMs === undefined)).toHaveLength(68);
  });

  it('keeps the 28 repeated rows as true duplicates', () => {
    const events = helpdeskEvents(tickets);

    expect(events).toHaveLength(4410 + 947);
    expect(new Set(events.map((event) => event.id)).size).toBe(4410 + 947 - 28);
  });
});

describe('the poqemon-qoe sample as events', () => {
  it('finds bad sessions by ten seconds of buffering as the ground truth says', () => {
    const sessions = poqemonSessions();
    const ids = (some: typeof sessions) => new Set(some.map((session) => session.sessionId));
    const bad = ids(sessions.filter((session) => session.bad));

    const { precision, recall } = score(ids(sessions.filter((s) => s.bufferingMs > 10_000)), bad);

    expect(sessions).toHaveLength(510);
    expect(bad.size).toBe(64);
    expect(Math.round(precision)).toBe(87);
    expect(Math.round(recall)).toBe(63);
  });
});
