import { Conditions, type HistoryFilter, type HistoryPlace } from '@amends/application';
import { pgTime } from '../database/pg-time';
import { bucketOf } from './directory-bucket';
import { customerHash, subjectHash } from './history-hash';

/** What can be told of a segment `s` without opening it. */
export function segmentConditions(filter: HistoryFilter): Conditions {
  const { types, customerIds, subjects, fromMs, toMs, mark } = filter;
  const conditions = new Conditions();
  if (fromMs !== undefined) conditions.add('s.max_time >= $?', pgTime(fromMs));
  if (toMs !== undefined) conditions.add('s.min_time < $?', pgTime(toMs));
  if (mark !== undefined) conditions.add('s.first_seq <= $?', mark);
  if (types !== undefined) conditions.add('s.types && $?::text[]', types);
  if (customerIds !== undefined) conditions.add(HAS_ANY, customerIds.map(customerHash));
  if (subjects !== undefined) conditions.add(HAS_ANY, subjects.map(subjectHash));
  return conditions;
}

/** By the directory, and for what is not in it yet by the segments' own keys. */
const HAS_ANY = `s.first_seq in (
  select d.segments[place] from unnest($?::int[]) as h (hash)
  join history_directory d on d.bucket = ${bucketOf('h.hash')}
  cross join lateral unnest(array_positions(d.hashes, h.hash)) as place
  union all
  select t.first_seq from history_segment t where t.keys is not null and t.keys && $?::int[])`;

/** Only segments that reach beyond a place. */
export function reachingBeyond(
  conditions: Conditions,
  order: 'asc' | 'desc',
  after: HistoryPlace | undefined,
): Conditions {
  if (after === undefined) return conditions;
  return order === 'asc'
    ? conditions.add('s.max_time >= $?', pgTime(after.timeMs))
    : conditions.add('s.min_time <= $?', pgTime(after.timeMs));
}
