import type { Planned } from '../stream/story';
import { DESK_TIMES, GIFT_BUDGET } from '../world/rules';
import type { Mail } from '../world/mail-receiver';
import type { Movement } from '../world/payout-receiver';
import type { Books, Told } from './books';

export interface Evidence {
  readonly planned: readonly Planned[];
  /** Customers whose story may end either way. */
  readonly unsure: ReadonlySet<string>;
  readonly movements: readonly Movement[];
  readonly mails: readonly Mail[];
  readonly books: Books;
  readonly told: Told;
}

export interface Verdict {
  readonly faults: readonly string[];
  readonly incidents: number;
  readonly paid: number;
  /** Mails that came more than once: SMTP has no answer to a lost answer. */
  readonly mailsRepeated: number;
  readonly quarantined: number;
  /** Payouts and messages that were told to be held. */
  readonly held: number;
}

/** Holds what was planned against what came of it. Of its own: it knows nothing of how Amends works. */
export function compare(evidence: Evidence): Verdict {
  const faults: string[] = [];
  const { planned, unsure, books } = evidence;
  const sure = planned.filter(({ customer }) => !unsure.has(customer));
  const breaches = sure.filter(({ isBreach }) => isBreach);
  compareIncidents(faults, breaches, books, unsure);
  const paid = comparePaid(faults, breaches, evidence);
  compareMovements(faults, evidence);
  const mailsRepeated = compareMails(faults, paid, evidence);
  const quarantined = compareQuarantine(faults, sure, books);
  compareTold(faults, evidence);
  const held = [...evidence.told.events.values()].filter(({ type }) =>
    type.endsWith('.held'),
  ).length;
  return {
    faults,
    incidents: books.incidents.length,
    paid: paid.length,
    mailsRepeated,
    quarantined,
    held,
  };
}

function compareIncidents(
  faults: string[],
  breaches: readonly Planned[],
  { incidents }: Books,
  unsure: ReadonlySet<string>,
): void {
  const found = new Map<string, number>();
  for (const { rule, key, customer } of incidents) {
    if (unsure.has(customer)) continue;
    const name = `${rule} ${String(JSON.parse(key))}`;
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  for (const { rule, key } of breaches) {
    const name = `${rule} ${key}`;
    const times = found.get(name) ?? 0;
    if (times !== 1) faults.push(`incident ${name}: ${String(times)} times`);
    found.delete(name);
  }
  for (const name of found.keys()) faults.push(`incident ${name}: nothing of the kind happened`);
}

/** Those who were paid, each once and with the right sum; where a limit stands, exactly up to it. */
function comparePaid(
  faults: string[],
  breaches: readonly Planned[],
  { books, unsure }: Evidence,
): Planned[] {
  const paid: Planned[] = [];
  const desks = new Map<string, { planned: number; paid: number }>();
  let gifts = 0;
  for (const one of breaches) {
    const { rule, customer, value, currency, desk } = one;
    const all = [books.wallets, books.vouchers, books.refunds].flatMap(
      (book) => book.get(customer) ?? [],
    );
    const isLimited = rule === 'gift' || desk !== undefined;
    const isRight = all.length === 1 && all[0] === `${value} ${currency}`;
    if (isRight) paid.push(one);
    else if (!isLimited || all.length > 0) {
      faults.push(`${rule} ${customer}: ${value} ${currency} owed, paid ${JSON.stringify(all)}`);
    }
    if (rule === 'gift' && isRight) gifts += 1;
    if (desk === undefined) continue;
    const count = desks.get(desk) ?? { planned: 0, paid: 0 };
    desks.set(desk, { planned: count.planned + 1, paid: count.paid + (isRight ? 1 : 0) });
  }
  const giftsPlanned = breaches.filter(({ rule }) => rule === 'gift').length;
  const giftsDue = Math.min(giftsPlanned, GIFT_BUDGET);
  if (gifts !== giftsDue) faults.push(`gifts: ${String(giftsDue)} due, ${String(gifts)} paid`);
  for (const [desk, count] of desks) {
    const due = Math.min(count.planned, DESK_TIMES);
    if (count.paid !== due) faults.push(`${desk}: ${String(due)} due, ${String(count.paid)} paid`);
  }
  const known = new Set(breaches.map(({ customer }) => customer));
  for (const book of [books.wallets, books.vouchers, books.refunds]) {
    for (const customer of book.keys()) {
      if (!known.has(customer) && !unsure.has(customer))
        faults.push(`${customer} was paid, and nothing was owed`);
    }
  }
  return paid;
}

/** What the refund service moved: once per customer, and the sum that was owed. */
function compareMovements(faults: string[], { planned, unsure, movements }: Evidence): void {
  const byCustomer = new Map<string, Movement[]>();
  for (const movement of movements) {
    const list = byCustomer.get(movement.customer) ?? [];
    byCustomer.set(movement.customer, [...list, movement]);
  }
  for (const { rule, customer, value, currency, payment } of planned) {
    if (rule !== 'damaged' || unsure.has(customer)) continue;
    const found = byCustomer.get(customer) ?? [];
    byCustomer.delete(customer);
    const [first] = found;
    const isRight =
      found.length === 1 &&
      first?.value === value &&
      first.currency === currency &&
      first.payment === payment;
    if (!isRight) {
      faults.push(`refund of ${customer}: ${value} owed, moved ${JSON.stringify(found)}`);
    }
  }
  for (const customer of byCustomer.keys()) faults.push(`${customer} got a refund unasked`);
}

function compareMails(faults: string[], paid: readonly Planned[], evidence: Evidence): number {
  const byCustomer = new Map<string, Mail[]>();
  for (const mail of evidence.mails) {
    byCustomer.set(mail.customer, [...(byCustomer.get(mail.customer) ?? []), mail]);
  }
  let repeated = 0;
  for (const { customer, value, currency } of paid) {
    const mails = byCustomer.get(customer) ?? [];
    byCustomer.delete(customer);
    const ids = new Set(mails.map(({ id }) => id));
    if (ids.size !== 1) faults.push(`${customer}: ${String(ids.size)} messages`);
    repeated += mails.length - ids.size;
    const wanted = `${value} ${currency}`;
    const wrong = mails.find(({ amount }) => amount !== wanted);
    if (wrong !== undefined) faults.push(`${customer} was told ${wrong.amount}, not ${wanted}`);
  }
  for (const customer of byCustomer.keys()) {
    if (!evidence.unsure.has(customer)) faults.push(`${customer} got a message and nothing else`);
  }
  return repeated;
}

function compareQuarantine(
  faults: string[],
  sure: readonly Planned[],
  { quarantined }: Books,
): number {
  const left = [...quarantined];
  for (const { key, quarantined: wanted } of sure) {
    if (wanted === undefined) continue;
    const mine = left.filter(({ payload }) => payload.includes(`${key}"`));
    for (const one of mine) left.splice(left.indexOf(one), 1);
    const isRight = mine.length > 0 && mine.every(({ reason }) => reason === wanted);
    if (!isRight) {
      const found = mine.map(({ reason }) => reason).join(', ');
      faults.push(`${key}: to be set aside as ${wanted}, found ${found || 'nothing'}`);
    }
  }
  for (const { reason, payload } of left) {
    faults.push(`set aside without need: ${reason} ${payload.slice(0, 200)}`);
  }
  return quarantined.length;
}

/** Whoever drops ids that come twice hears of each payout once. */
function compareTold(faults: string[], { told, books }: Evidence): void {
  const settled = new Map<string, number>();
  for (const { type, subject } of told.events.values()) {
    if (type !== 'amends.compensation.settled') continue;
    settled.set(subject, (settled.get(subject) ?? 0) + 1);
  }
  for (const [subject, times] of settled) {
    if (times !== 1) faults.push(`payout ${subject} was told ${String(times)} times`);
  }
  const paid = [books.wallets, books.vouchers, books.refunds].reduce(
    (sum, book) => sum + [...book.values()].reduce((n, list) => n + list.length, 0),
    0,
  );
  if (settled.size !== paid) {
    faults.push(`${String(paid)} payouts, ${String(settled.size)} of them told`);
  }
}
