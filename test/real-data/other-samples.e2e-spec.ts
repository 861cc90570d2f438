import {
  createTestDatabase,
  spawnService,
  waitFor,
  type SpawnedService,
  type TestDatabase,
} from '@amends/testing';
import { helpdeskEvents, helpdeskTickets, isTakenLate } from './data/helpdesk-it';
import { poqemonSessions } from './data/poqemon-qoe';
import { score } from './data/score';
import { uciEvents, uciIncidents } from './data/uci-incident';
import { missedSla, soughtByUciRule } from './data/uci-truth';
import { endInput, feed } from './service/feed';
import { Rest, type Incident } from './service/rest';
import { goLive, ownRule } from './service/rules';

/** Long past the last event of any sample. */
const THE_END = '2026-06-01T00:00:00Z';

describe('real sessions and tickets', () => {
  let database: TestDatabase;
  let service: SpawnedService;
  let rest: Rest;

  beforeEach(async () => {
    database = await createTestDatabase();
    service = await spawnService({
      databaseUrl: database.url,
      env: { AMENDS_CLOCK: 'stream', LOG_LEVEL: 'warn' },
    });
    rest = new Rest(service);
  });

  afterEach(async () => {
    await service.close();
    await database.drop();
  });

  it('poqemon-qoe: more than 10 s of buffering finds bad sessions with 87 % and 63 %', async () => {
    const sessions = poqemonSessions();
    await goLive(rest, ownRule('buffering-over-10s'));

    await feed(
      rest,
      sessions.map((session) => session.event),
    );
    const flagged = keysOf(await incidentsOf('buffering-over-10s', 46), 'data.session_id');

    const bad = new Set(sessions.filter((one) => one.bad).map((one) => one.sessionId));
    const { precision, recall } = score(flagged, bad);
    expect(flagged.size).toBe(46);
    expect(Math.round(precision)).toBe(87);
    expect(Math.round(recall)).toBe(63);
  });

  it('uci-incident: priority 3 open after 96 h foretells a missed target, 93.83 % and 80.34 %', async () => {
    const incidents = uciIncidents();
    await goLive(rest, ownRule('open-after-96h'));

    await feed(rest, uciEvents(incidents));
    await endInput(rest, THE_END);
    const flagged = keysOf(await incidentsOf('open-after-96h', 700), 'data.number');

    const { precision, recall } = score(flagged, missedSla(incidents), soughtByUciRule(incidents));
    expect(Math.abs(precision - 93.83)).toBeLessThanOrEqual(1);
    expect(Math.abs(recall - 80.34)).toBeLessThanOrEqual(1);
  });

  it('helpdesk-it: 388 tickets are taken in charge after more than 24 h, 68 never', async () => {
    const tickets = helpdeskTickets();
    await goLive(rest, ownRule('taken-after-24h'));

    const fed = await feed(rest, helpdeskEvents(tickets));
    await endInput(rest, THE_END);
    const incidents = await incidentsOf('taken-after-24h', 388 + 68);

    expect(fed.duplicates).toBe(28);
    const taken = incidents.filter((incident) => incident.closed_at !== null);
    expect(keysOf(taken, 'data.ticket_id')).toEqual(
      new Set(tickets.filter(isTakenLate).map((ticket) => ticket.ticketId)),
    );
    expect(taken).toHaveLength(388);
    expect(incidents.length - taken.length).toBe(68);
  });

  /** All incidents of the rule, once there are as many as expected and no more come. */
  async function incidentsOf(rule: string, atLeast: number): Promise<readonly Incident[]> {
    const list = () => rest.list<Incident>(`/v1/incidents?rule=${rule}`);
    await waitFor(async () => (await list()).length >= atLeast, {
      timeoutMs: 60_000,
      pollMs: 300,
      what: `${String(atLeast)} incidents of ${rule}`,
    });
    await new Promise((resume) => setTimeout(resume, 1_500));
    return list();
  }
});

function keysOf(incidents: readonly Incident[], path: string): ReadonlySet<string> {
  return new Set(incidents.map((incident) => incident.key[path] ?? ''));
}
