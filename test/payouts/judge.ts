import type { ProviderMovement } from '@amends/testing';
import type { Pool } from 'pg';
import type { Outside } from './providers';

export interface Verdict {
  readonly payouts: number;
  readonly moved: number;
  readonly returned: number;
  /** Compensations that stood paid twice at any time. */
  readonly doubled: readonly string[];
  /** Paid in our books and not there, or the other way round. */
  readonly lost: readonly string[];
  /** Another sum than ours. */
  readonly otherSum: readonly string[];
  /** Of unknown outcome, and nobody is asked. */
  readonly forgotten: readonly string[];
  /** Of unknown outcome, in front of a person. */
  readonly withPerson: number;
  /** Under a key that is none of ours. */
  readonly strange: readonly string[];
  readonly states: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
}

interface Paid {
  standing: number;
  most: number;
  sums: Set<string>;
}

/** What the providers' journals say, held against our books; with no code of what is judged. */
export async function judge(pool: Pool, { providers }: Outside): Promise<Verdict> {
  const keys = new Map<string, string>();
  const attempts = await pool.query<{ idem_key: string; compensation_id: string }>(
    'select idem_key, compensation_id from payment_attempt',
  );
  for (const row of attempts.rows) keys.set(row.idem_key, row.compensation_id);
  const movements = [...providers.values()].flatMap((provider) => provider.movements);
  const strange = movements.filter(({ key }) => !keys.has(key)).map(({ key }) => key);
  const paid = addUp(movements, keys);
  const { rows } = await pool.query<{
    id: string;
    state: string;
    sum: string;
    asked: boolean;
    failure: string | null;
  }>(
    `select c.id, c.state, c.amount_minor || ' ' || c.currency as sum, c.failure,
       exists (select 1 from approval a where a.compensation_id = c.id and a.state = 'open') as asked
     from compensation c where c.kind = 'refund'`,
  );
  const states = new Map<string, number>();
  const failures = new Map<string, number>();
  const found = {
    doubled: [] as string[],
    lost: [] as string[],
    otherSum: [] as string[],
    forgotten: [] as string[],
  };
  let withPerson = 0;
  for (const { id, state, sum, asked, failure } of rows) {
    add(states, state);
    if (failure !== null) add(failures, failure.split(':')[0] ?? failure);
    const { standing, most, sums } = paid.get(id) ?? { standing: 0, most: 0, sums: new Set() };
    if (most > 1) found.doubled.push(id);
    if ([...sums].some((moved) => moved !== sum)) found.otherSum.push(id);
    const isOpen = ['reserved', 'sending', 'unknown', 'held'].includes(state);
    if (isOpen && asked) withPerson += 1;
    else if (isOpen) found.forgotten.push(`${id} ${state}`);
    else if ((state === 'settled') !== (standing === 1)) {
      found.lost.push(`${id} ${state}, ${String(standing)} standing`);
    }
  }
  const returned = movements.filter(({ kind }) => kind === 'returned').length;
  return {
    payouts: rows.length,
    moved: movements.length - returned,
    returned,
    ...found,
    withPerson,
    strange,
    states: Object.fromEntries(states),
    failures: Object.fromEntries(failures),
  };
}

function addUp(
  movements: readonly ProviderMovement[],
  keys: ReadonlyMap<string, string>,
): Map<string, Paid> {
  const paid = new Map<string, Paid>();
  for (const { kind, key, money } of movements) {
    const id = keys.get(key) ?? key;
    const one = paid.get(id) ?? { standing: 0, most: 0, sums: new Set<string>() };
    one.standing += kind === 'moved' ? 1 : -1;
    one.most = Math.max(one.most, one.standing);
    one.sums.add(`${money.minor.toString()} ${money.currency}`);
    paid.set(id, one);
  }
  return paid;
}

function add(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
