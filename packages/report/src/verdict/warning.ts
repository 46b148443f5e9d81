/** A warning of a report: what is wrong, and what to do about it. */
import type { ReportRecord } from '../record/report-record.ts';

export interface ReportWarning {
  /** Stable, for programs. */
  readonly code: string;
  /** A sentence that says what is wrong. */
  readonly message: string;
  /** A sentence that says what to do. */
  readonly remedy: string;
  /** The id of the section that shows it. */
  readonly section: string;
}

/** Finds one kind of fault in a run. */
export type WarningRule = (record: ReportRecord) => readonly ReportWarning[];
