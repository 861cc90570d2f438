/** One row, by the names of the header. */
export type CsvRow = Readonly<Record<string, string>>;

/**
 * Reads CSV with a header line, as the sample files have it: comma-separated, no quoting. A row with
 * another number of fields than the header is an error, since then the sample is not what we think.
 */
export function parseCsv(text: string): readonly CsvRow[] {
  const [header, ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  if (header === undefined) throw new Error('an empty CSV file');

  const names = header.split(',');
  return lines.map((line, index) => {
    const fields = line.split(',');
    if (fields.length !== names.length) {
      throw new Error(`line ${String(index + 2)} has ${String(fields.length)} fields: ${line}`);
    }
    return Object.fromEntries(names.map((name, at) => [name, fields[at] ?? '']));
  });
}

/** A field that must be there; a misspelt name must not read as an empty value. */
export function field(row: CsvRow, name: string): string {
  const value = row[name];
  if (value === undefined) throw new Error(`no column ${name}`);
  return value;
}
