/**
 * Precision, recall and F1 of every class, from a confusion matrix.
 */

/** One class of a report. */
export interface ClassScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows that belong to the class. */
  readonly support: number;
  /** Rows that were predicted to belong to the class. */
  readonly predicted: number;
}

/**
 * The report of all classes: precision = hits / predicted, recall = hits / support, F1 = 2 hits / (predicted + support);
 * 0 if the divisor is 0.
 *
 * @param confusion - counts[truth · classes + prediction]
 * @returns one score for each class, in the order of the classes
 *
 * Source: scikit-learn's precision_recall_fscore_support with `zero_division=0`.
 */
export function classReport(confusion: ArrayLike<number>, classes: number): ClassScore[] {
  return Array.from({ length: classes }, (_, k) => {
    const right = confusion[k * classes + k]!;
    let support = 0;
    let predicted = 0;
    for (let other = 0; other < classes; other++) {
      support += confusion[k * classes + other]!;
      predicted += confusion[other * classes + k]!;
    }
    return {
      precision: predicted === 0 ? 0 : right / predicted,
      recall: support === 0 ? 0 : right / support,
      f1: support + predicted === 0 ? 0 : (2 * right) / (support + predicted),
      support,
      predicted,
    };
  });
}

/**
 * The report of every label of rows with several labels: of "true" in the label's matrix of false and true.
 *
 * @param confusion - counts[label · 4 + truth · 2 + prediction]
 * @returns one score for each label, in order
 *
 * Source: scikit-learn's precision_recall_fscore_support of label indicators with `zero_division=0`.
 */
export function labelReport(confusion: Float64Array, labels: number): ClassScore[] {
  return Array.from(
    { length: labels },
    (_, label) => classReport(confusion.subarray(4 * label, 4 * label + 4), 2)[1]!,
  );
}
