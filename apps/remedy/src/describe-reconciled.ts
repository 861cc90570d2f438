import type { Reconciled } from '@amends/application';

/** What was compared, and a line for each difference. */
export function describeReconciled(done: Reconciled): string {
  const { provider, fromMs, toMs, listed, foreign, compared, resolved, differences } = done;
  const time = `${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
  const counts =
    `${String(compared)} of ours, ${String(listed)} listed (${String(foreign)} not by us), ` +
    `${String(resolved)} resolved, ${String(differences.length)} different`;
  const lines = differences.map(({ kind, key, ours, theirs }) =>
    [`  ${kind}`, key, `ours: ${ours ?? 'none'}`, `theirs: ${theirs ?? 'none'}`].join('  '),
  );
  return [`${provider}, ${time}: ${counts}`, ...lines, ''].join('\n');
}
