import { createHash } from 'node:crypto';
import type { CompiledSkip, JsonObject, Scope, SkipLookup } from '@amends/domain';
import type { History } from '../../history/history';
import type { Sql } from '../../queries/sql';

/** An incident that wants to know whether it was already put right. */
export interface SkipQuestion {
  readonly scope: Scope;
  readonly skips: readonly CompiledSkip[];
  /** The clock of the decision, epoch ms: an event counts with clock − over < time <= clock. */
  readonly clockMs: number;
  /** Stream clock: only what history had been read up to here counts. Null: all there is. */
  readonly historyMark: bigint | null;
}

interface Lookup {
  readonly question: number;
  readonly skip: CompiledSkip;
  readonly hash: Buffer;
}

/**
 * Looks every question's skip_if up in history: one statement for all, and one more where the event itself
 * has to be looked at. The answers come in the order of the questions.
 */
export async function lookUpSkips(
  sql: Sql,
  history: History,
  questions: readonly SkipQuestion[],
): Promise<SkipLookup[][]> {
  const lookups: Lookup[] = [];
  const answers = questions.map(({ scope, skips }, question) =>
    skips.map((skip): SkipLookup => {
      const value = skip.readSame(scope);
      if (value === undefined) return { index: skip.index, hit: 'absent' };
      lookups.push({ question, skip, hash: hashValue(value) });
      return { index: skip.index, hit: false };
    }),
  );
  if (lookups.length === 0) return answers;
  for (const hit of await search(sql, history, questions, lookups)) {
    const { question, skip } = lookups[hit] as Lookup;
    answers[question] = (answers[question] ?? []).map((answer) =>
      answer.index === skip.index ? { ...answer, hit: true } : answer,
    );
  }
  return answers;
}

/** How `history_key` stores a value: the first 16 bytes of the SHA-256 of its JSON text. */
export function hashValue(value: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(value)).digest().subarray(0, 16);
}

/** Numbers of the look-ups that found their event. */
async function search(
  sql: Sql,
  history: History,
  questions: readonly SkipQuestion[],
  lookups: readonly Lookup[],
): Promise<Set<number>> {
  const asked = lookups.map(({ question, skip }) => {
    const { clockMs, historyMark } = questions[question] as SkipQuestion;
    return { toMs: clockMs, fromMs: clockMs - skip.overMs, mark: historyMark };
  });
  const { rows } = await sql.query<{ n: number; seq: bigint }>(
    `select l.n::int as n, k.seq
     from unnest($1::text[], $2::text[], $3::bytea[], $4::timestamptz[], $5::timestamptz[],
       $6::bigint[]) with ordinality as l(type, path, hash, above, until, mark, n)
     join history_key k on k.type = l.type and k.path = l.path and k.value_hash = l.hash
       and k.time > l.above and k.time <= l.until and (l.mark is null or k.seq <= l.mark)`,
    [
      lookups.map(({ skip }) => skip.event),
      lookups.map(({ skip }) => skip.same),
      lookups.map(({ hash }) => hash),
      asked.map(({ fromMs }) => new Date(fromMs)),
      asked.map(({ toMs }) => new Date(toMs)),
      asked.map(({ mark }) => mark),
    ],
  );
  const found = rows.map(({ n, seq }) => ({ index: n - 1, seq, skip: skipOf(lookups, n - 1) }));
  const asking = found.filter(({ skip }) => skip.where !== undefined);
  const bodies = await history.bodies(sql, [...new Set(asking.map(({ seq }) => seq))]);
  const hits = found.filter(({ skip, seq }) => holds(skip, bodies.get(seq)));
  return new Set(hits.map(({ index }) => index));
}

function skipOf(lookups: readonly Lookup[], index: number): CompiledSkip {
  return (lookups[index] as Lookup).skip;
}

function holds({ where }: CompiledSkip, body: string | undefined): boolean {
  if (!where) return true;
  // It went with the retention, so nothing can be said of it: nothing was found.
  if (body === undefined) return false;
  const event = JSON.parse(body) as JsonObject;
  return where.test({ event, vars: {}, facts: {} }) === 'true';
}
