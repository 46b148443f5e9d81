/**
 * What one check finds.
 */

/** One thing that was verified. */
export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  /** The largest difference that was found, in words. */
  readonly detail: string;
}

/** A check whose every part must hold; an error thrown in it is a failure with its message. */
export function runCheck(
  name: string,
  body: () => { readonly passed: boolean; readonly detail: string },
): CheckResult {
  try {
    return { name, ...body() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, passed: false, detail: reason };
  }
}

/** Keeps the largest of some errors and its place. */
export class WorstError {
  error = 0;
  where = '';

  /** Takes in |actual − expected| / max(1, |expected|). */
  see(where: string, actual: number, expected: number): void {
    const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
    if (error <= this.error) return;
    this.error = Number.isNaN(error) ? Infinity : error;
    this.where = where;
  }

  /** `worst error 2.2e-16 in z̄`. */
  describe(): string {
    const place = this.where === '' ? '' : ` in ${this.where}`;
    return `worst error ${this.error === 0 ? '0' : this.error.toExponential(1)}${place}`;
  }
}
