/** What a section of the report is. A section is one file of `sections/` and one row of the table in `sections.ts`. */
import type { ReportRecord } from '../record/report-record.ts';
import type { Markup } from './markup.ts';

export interface Section {
  /** The anchor, also named by warnings. */
  readonly id: string;
  readonly title: string;
  /** What the section answers, in a sentence under its title. */
  readonly asks: string;
  /** The content; undefined if the record has nothing for it, and then the section is left out. */
  readonly render: (record: ReportRecord) => Markup | undefined;
}
