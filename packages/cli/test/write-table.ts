/** A CSV file of rows that a test makes. */
import { writeFile } from 'node:fs/promises';

/** Writes rows, whose keys are the names of the columns; returns the path. */
export async function writeTable(path: string, rows: readonly object[]): Promise<string> {
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => Object.values(row).join(','));
  await writeFile(path, `${[names.join(','), ...lines].join('\n')}\n`);
  return path;
}
