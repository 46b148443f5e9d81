/**
 * Comparisons that describe each difference. A test collects these faults over many cases and expects an empty list, so
 * that one run shows the faults of all cases.
 */

/** Describes the elements of `got` that differ from `expected` by more than their bound. NaN equals only NaN. */
export function beyondBound(
  label: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: (index: number) => number,
): string[] {
  const faults: string[] = [];
  for (let j = 0; j < expected.length && faults.length < 3; j++) {
    const [one, other] = [got[j]!, expected[j]!];
    const same = Object.is(one, other) || one === other;
    if (same || Math.abs(one - other) <= bound(j)) continue;
    faults.push(`${label}[${j}]: ${one} for ${other}, bound ${bound(j)}`);
  }
  return faults;
}

/** Describes the elements whose bits differ. Any NaN equals any other, because the bits of a NaN are not promised. */
export function differingBits(
  label: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
): string[] {
  const faults: string[] = [];
  if (got.length !== expected.length) return [`${label}: ${got.length} for ${expected.length}`];
  for (let j = 0; j < expected.length && faults.length < 3; j++) {
    if (!Object.is(got[j], expected[j]))
      faults.push(`${label}[${j}]: ${got[j]} for ${expected[j]}`);
  }
  return faults;
}

/** The distance from a float32 to the neighbour that is farther from 0. */
export function ulp32(value: number): number {
  const magnitude = Math.abs(Math.fround(value));
  if (magnitude < 2 ** -126) return 2 ** -149;
  return 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

/** The distance from a float64 to the neighbour that is farther from 0. */
export function ulp64(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** -1022) return 2 ** -1074;
  return 2 ** (Math.floor(Math.log2(magnitude)) - 52);
}
