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

/** What customers have read, and what they can spend now. */
export function printSamples(samples) {
  for (const { rule, customer, messages, balances } of samples) {
    const sums = balances.map(({ value, currency }) => `${value} ${currency}`);
    console.log(
      `\n${rule}: ${customer} has ${sums.join(' and ') || 'no money to get'}, and reads\n`,
    );
    for (const message of messages) {
      console.log(indented(`[${message.channel}, ${message.state}] ${message.subject ?? ''}`));
      console.log(indented(message.text ?? ''));
    }
  }
}

function indented(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
}

function countBy(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
