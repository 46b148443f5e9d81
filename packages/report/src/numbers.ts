/**
 * Numbers as text: fixed digits for people, the shortest exact form for data.
 */

/** Four decimals, or four digits in scientific form if four decimals would lose all digits, as Keras prints metrics. */
export function metric(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size <= 1e-3 || size >= 1e7)) return value.toExponential(4);
  return value.toFixed(4);
}

/** 12345 → `12,345`, the same on every machine because the language is given. */
export function grouped(value: number): string {
  return value.toLocaleString('en');
}

/** `1 row`, `2 rows`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** The shortest decimal that is the same float32: 0.1 and not 0.10000000149011612. */
export function shortFloat32(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const exact = Math.fround(value);
  for (let digits = 6; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === exact) return String(short);
  }
  return String(value);
}

/** `significant` digits without trailing zeros; for matrices and steps. */
export function significant(value: number, digits = 6): string {
  if (!Number.isFinite(value) || value === 0) return Object.is(value, -0) ? '-0' : String(value);
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) return value.toExponential(digits - 2);
  return String(Number(value.toPrecision(digits)));
}

/** Seconds as `0.4 ms`, `45 ms`, `3.2 s` or `2 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
