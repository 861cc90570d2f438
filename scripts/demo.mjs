// `npm run demo`: lets things go wrong in front of a running service and shows what it makes of them:
// what was found beside what was planted, some of the messages, some of the wallets. The rules are the
// ones that ship in rules/, rolled out live to everybody.
//
//   npm run demo -- [--url http://127.0.0.1:3000] [--key <an Admin key>]
import { setTimeout as sleep } from 'node:timers/promises';
import { readArguments } from './arguments.mjs';
import { Api, ApiError } from './demo/api.mjs';
import { printFindings, printSamples } from './demo/report.mjs';
import { makeScenarios } from './demo/scenarios.mjs';

const GIVE_UP_MS = 50_000;
const POLL_MS = 500;
/** Long enough for a false alarm to show after everything that was planted has been found. */
const SETTLE_MS = 3_000;
const SHOWN = ['late-delivery', 'case-silent-24h', 'broadband-outage-daily', 'aftercare-missed'];

const values = readArguments('npm run demo [-- --url http://127.0.0.1:3000 --key KEY]', {
  url: { type: 'string' },
  key: { type: 'string' },
});
const url = values.url ?? `http://127.0.0.1:${process.env.PORT || '3000'}`;

try {
  process.exitCode = (await demo(new Api(url, values.key ?? readKey()))) ? 0 : 1;
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.error(`${error.message}\nIs the service running? \`npm start\` in another terminal.`);
  process.exitCode = 2;
}

async function demo(api) {
  const startedAtMs = Date.now();
  const { customers, scenarios } = makeScenarios(startedAtMs.toString(36), startedAtMs);

  for (const { rule } of scenarios) await rollOut(api, rule);
  await inParallel(customers, ({ id, ...file }) => api.put(`/v1/customers/${id}`, file));
  console.log(`${scenarios.length} rules live, ${customers.length} customers known.`);

  // One request, so that no deadline, being over already, passes between a promise and its keeping.
  await send(
    api,
    scenarios.flatMap(({ events }) => events),
  );
  await sleep(SETTLE_MS);
  await send(
    api,
    scenarios.flatMap(({ last = [] }) => last),
  );

  const ours = new Set(customers.map(({ id }) => id));
  const findings = await settled(api, scenarios, ours);
  printFindings(findings);
  await showSamples(api, scenarios);
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  const right = findings.every(({ missed, falseAlarms }) => missed === 0 && falseAlarms === 0);
  console.log(`\n${right ? 'As planted' : 'NOT as planted'}, in ${seconds} s.`);
  return right;
}

/** The latest version, live, for everybody. */
async function rollOut(api, rule) {
  const { body } = await api.get(`/v1/rules/${rule}`);
  const live = { version: body.version, percent: 100 };
  await api.put(`/v1/rules/${rule}/rollout`, { live, note: 'demo' });
}

async function send(api, events) {
  const { body } = await api.post('/v1/events', events, 'application/cloudevents-batch+json');
  console.log(`${body.accepted} events accepted.`);
  if (body.rejected.length > 0) throw new ApiError(JSON.stringify(body.rejected[0]));
}

/** Asks until everything planted is found and decided, and a little longer. */
async function settled(api, scenarios, ours) {
  const giveUpAtMs = Date.now() + GIVE_UP_MS;
  for (;;) {
    const findings = await look(api, scenarios, ours);
    const done = findings.every(
      ({ missed, incidents }) => missed === 0 && incidents.every(({ state }) => state !== 'paying'),
    );
    if (done || Date.now() > giveUpAtMs) break;
    await sleep(POLL_MS);
  }
  await sleep(SETTLE_MS);
  return look(api, scenarios, ours);
}

async function look(api, scenarios, ours) {
  const findings = [];
  for (const { rule, atFault } of scenarios) {
    const all = await api.list(`/v1/incidents?rule=${rule}`);
    const incidents = all.filter((incident) => ours.has(incident.customer_id));
    const hit = new Set(incidents.map((incident) => incident.customer_id));
    const missed = atFault.filter((customer) => !hit.has(customer)).length;
    findings.push({
      rule,
      planted: atFault.length,
      found: atFault.length - missed,
      missed,
      falseAlarms: incidents.length - (atFault.length - missed),
      incidents,
    });
  }
  return findings;
}

/** What one customer of each of some rules has read, and can spend. */
async function showSamples(api, scenarios) {
  const samples = [];
  for (const { rule, atFault } of scenarios.filter(({ rule }) => SHOWN.includes(rule))) {
    const [customer] = atFault;
    const messages = await api.list(`/v1/messages?customer_id=${customer}`);
    const { body } = await api.get(`/v1/wallets/${customer}`);
    samples.push({ rule, customer, messages, balances: body.balances });
  }
  printSamples(samples);
}

async function inParallel(items, work) {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** The service shows its first Admin key once, when it makes it, and keeps only a hash of it. */
function readKey() {
  if (process.env.AMENDS_ADMIN_KEY) return process.env.AMENDS_ADMIN_KEY;
  console.error('Which key? --key <the Admin key that `npm start` printed>, or AMENDS_ADMIN_KEY.');
  process.exit(2);
}
