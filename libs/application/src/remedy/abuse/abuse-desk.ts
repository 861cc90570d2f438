import type { JsonObject } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import type { AbuseThresholds } from '../../settings/settings-document';
import { linkHashes } from './link-hashes';

/** A payout that is about to be decided. */
export interface Claim {
  readonly customerId: string;
  readonly ruleId: string | null;
  readonly event: JsonObject | null;
}

/** A line of `why`; no interface, which would have no index signature as a JSON object has. */
export type SignalLine = {
  readonly signal: 'serial_claimant' | 'linked_accounts' | 'share_of_rule' | 'agent_near_limit';
  readonly value: number;
  readonly threshold: number;
  readonly ok: false;
};

/** Why a person decides about it. */
export function conspicuous(lines: readonly SignalLine[]): string | undefined {
  return lines.length === 0
    ? undefined
    : `conspicuous: ${lines.map(({ signal }) => signal).join(', ')}`;
}

/** Fewer payouts of a rule say nothing about anybody's share. */
const SHARE_MIN = 20;

interface Facts {
  claims: number;
  readonly linked: number;
}

/**
 * Signals of abuse: they are shown in `why` and send a payout to a person; they refuse nothing. Read
 * once for a batch, and kept in step with what the batch itself pays.
 */
export class AbuseDesk {
  private constructor(
    private readonly thresholds: AbuseThresholds,
    private readonly customers: ReadonlyMap<string, Facts>,
    private readonly ofRule: Map<string, { mine: number; all: number }>,
  ) {}

  static async open(
    sql: Sql,
    thresholds: AbuseThresholds,
    claims: readonly Claim[],
  ): Promise<AbuseDesk> {
    const isOff =
      thresholds.claims_in_90d === null &&
      thresholds.share_of_rule === null &&
      thresholds.linked_accounts === null;
    if (isOff || claims.length === 0) return new AbuseDesk(thresholds, new Map(), new Map());
    const links = await keepLinks(sql, thresholds, claims);
    const ids = [...new Set(claims.map(({ customerId }) => customerId))];
    const { rows } = await sql.query<{ id: string; claims: number }>(
      `select u.id, (select count(*)::int from compensation c where c.customer_id = u.id
         and c.created_at > now() - interval '90 days'
         and c.state not in ('withdrawn', 'rejected', 'failed')) as claims
       from unnest($1::text[]) as u(id)`,
      [ids],
    );
    const customers = new Map(
      rows.map(({ id, claims: count }) => [id, { claims: count, linked: links.get(id) ?? 1 }]),
    );
    const shares = await readShares(sql, thresholds.share_of_rule === null ? [] : claims);
    return new AbuseDesk(thresholds, customers, shares);
  }

  /** Lines for `why`; none: nothing is conspicuous. */
  signals({ customerId, ruleId }: Claim): SignalLine[] {
    const {
      claims_in_90d: claims,
      share_of_rule: share,
      linked_accounts: linked,
    } = this.thresholds;
    const facts = this.customers.get(customerId);
    if (!facts) return [];
    const lines: SignalLine[] = [];
    if (claims !== null && facts.claims >= claims) {
      lines.push(line('serial_claimant', facts.claims, claims));
    }
    if (linked !== null && facts.linked >= linked) {
      lines.push(line('linked_accounts', facts.linked, linked));
    }
    const part = this.ofRule.get(key(ruleId, customerId));
    if (share !== null && part && part.all >= SHARE_MIN && part.mine / part.all > share) {
      lines.push(line('share_of_rule', Math.round((100 * part.mine) / part.all) / 100, share));
    }
    return lines;
  }

  /** One more payout of this batch. */
  count({ customerId, ruleId }: Claim): void {
    const facts = this.customers.get(customerId);
    if (facts) facts.claims += 1;
    const part = this.ofRule.get(key(ruleId, customerId));
    if (!part) return;
    part.mine += 1;
    part.all += 1;
  }
}

function line(signal: SignalLine['signal'], value: number, most: number): SignalLine {
  return { signal, value, threshold: most, ok: false };
}

function key(ruleId: string | null, customerId: string): string {
  return JSON.stringify([ruleId, customerId]);
}

/** Remembers who was seen with what; answers how many accounts each is one of. */
async function keepLinks(
  sql: Sql,
  { linked_accounts: linked, link_paths: paths }: AbuseThresholds,
  claims: readonly Claim[],
): Promise<Map<string, number>> {
  if (linked === null) return new Map();
  const seen = claims.flatMap(({ customerId, event }) =>
    linkHashes(event ?? {}, paths).map((hash) => ({ customerId, hash: hash.toString('hex') })),
  );
  if (seen.length === 0) return new Map();
  // In one order everywhere: two batches may see the same ring at once.
  seen.sort((a, b) => (a.hash + a.customerId < b.hash + b.customerId ? -1 : 1));
  const values = [seen.map(({ hash }) => hash), seen.map(({ customerId }) => customerId)];
  await sql.query(
    `insert into customer_link (value_hash, customer_id)
     select decode(s.hash, 'hex'), s.customer from unnest($1::text[], $2::text[]) as s(hash, customer)
     on conflict do nothing`,
    values,
  );
  const { rows } = await sql.query<{ customer_id: string; linked: number }>(
    `select l.customer_id, count(distinct o.customer_id)::int as linked
     from customer_link l join customer_link o using (value_hash)
     where l.customer_id = any($1) group by l.customer_id`,
    [[...new Set(seen.map(({ customerId }) => customerId))]],
  );
  return new Map(rows.map((row) => [row.customer_id, row.linked]));
}

async function readShares(
  sql: Sql,
  claims: readonly Claim[],
): Promise<Map<string, { mine: number; all: number }>> {
  const pairs = claims.filter(({ ruleId }) => ruleId !== null);
  if (pairs.length === 0) return new Map();
  const { rows } = await sql.query<{ rule: string; customer: string; mine: number; total: number }>(
    `with payout as (
       select rule_id, customer_id from compensation
       where rule_id = any($1) and created_at > now() - interval '30 days'
         and state not in ('withdrawn', 'rejected', 'failed'))
     select p.rule, p.customer,
       (select count(*)::int from payout o
        where o.rule_id = p.rule and o.customer_id = p.customer) as mine,
       (select count(*)::int from payout o where o.rule_id = p.rule) as total
     from (select distinct rule, customer from unnest($1::text[], $2::text[]) as u(rule, customer)) p`,
    [pairs.map(({ ruleId }) => ruleId), pairs.map(({ customerId }) => customerId)],
  );
  return new Map(
    rows.map(({ rule, customer, mine, total }) => [key(rule, customer), { mine, all: total }]),
  );
}
