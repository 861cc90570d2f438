// What people read at the end.

/** One line per rule: what was planted, what was found, and what became of it. */
export function printFindings(findings) {
  const rows = [
    ['rule', 'planted', 'found', 'missed', 'false', 'what became of them'],
    ...findings.map(({ rule, planted, found, missed, falseAlarms, incidents }) => {
      const states = countBy(incidents.map((incident) => incident.state));
      const outcome = [...states].map(([state, count]) => `${count} ${state}`).join(', ');
      return [rule, planted, found, missed, falseAlarms, outcome];
    }),
  ].map((row) => row.map(String));
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  console.log();
  for (const row of rows) {
    console.log(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd()}`,
    );
  }
}

export function printMessages(messages) {
  console.log('\nSome of what the customers read:\n');
  for (const message of messages) {
    console.log(`  to ${message.customer_id} by ${message.channel} (${message.state})`);
    if (message.subject) console.log(`  ${message.subject}`);
    for (const line of (message.text ?? '').trim().split('\n')) console.log(`    ${line}`);
    console.log();
  }
}

export function printWallets(wallets) {
  console.log('And what they can spend now:\n');
  for (const { customer, balances } of wallets) {
    const sums = balances.map(({ value, currency }) => `${value} ${currency}`).join(', ');
    console.log(`  ${customer}  ${sums}`);
  }
}

export function countBy(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
