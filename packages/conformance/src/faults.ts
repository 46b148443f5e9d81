/**
 * Comparisons that name what differs. A test collects faults over many cases and expects none, so that one run
 * shows all of them.
 */

/** Elements of `got` further from `expected` than their bound; NaN only where NaN is expected. */
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

/** Elements whose bits differ; any NaN equals any other, since NaN bits are outside the promise. */
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

/** The distance from a float32 to the next one further from 0. */
export function ulp32(value: number): number {
  const magnitude = Math.abs(Math.fround(value));
  if (magnitude < 2 ** -126) return 2 ** -149;
  return 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

/** The distance from a float64 to the next one further from 0. */
export function ulp64(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** -1022) return 2 ** -1074;
  return 2 ** (Math.floor(Math.log2(magnitude)) - 52);
}
