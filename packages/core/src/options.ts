/**
 * Checks of arguments at the public edge, done once, with messages that say the rule, the value and the
 * remedy. An option that nobody knows is refused with the nearest known one, so that a typing slip never
 * passes for a default.
 */

/** Edit distance with transpositions of neighbours (optimal string alignment). */
export function editDistance(left: string, right: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= left.length; i++) {
    const row: number[] = [];
    for (let j = 0; j <= right.length; j++) {
      if (i === 0 || j === 0) {
        row.push(i + j);
        continue;
      }
      const above = rows[i - 1]!;
      const same = left[i - 1] === right[j - 1];
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      }
      row.push(best);
    }
    rows.push(row);
  }
  return rows[left.length]![right.length]!;
}

/**
 * The candidate nearest to `word`, or undefined if none is near enough to be meant.
 *
 * @param word - what was written
 * @param candidates - what is known
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(plain(word), plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return bestDistance <= Math.max(2, Math.floor(word.length / 3)) ? best : undefined;
}

/** A word without case and separators, so that `batch-size` is near `batchSize`. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[-_ ]/g, '');
}

function suggestion(word: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return ' It takes no options.';
  const near = nearest(word, candidates);
  return near === undefined
    ? ` Known: ${candidates.map((name) => `'${name}'`).join(', ')}.`
    : ` Did you mean '${near}'?`;
}

/** How a value is shown in a message: short, on one line, text in quotes. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    const text = JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
    return `'${text.slice(1, -1)}'`;
  }
  if (typeof value === 'function') return `a function`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  const tag = tagOf(value);
  if (tag !== 'Object') return `a ${tag}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an object {}';
  return `an object { ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? ', …' : ''} }`;
}

/** `'Object'` for records and instances of ordinary classes, else `'Map'`, `'Date'`, `'Array'` and the like. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/**
 * Refuses what is no plain options object and every option that is not known.
 *
 * @param where - the public function, for the message
 * @param options - what the caller gave; undefined stands for no options
 * @param allowed - the names that are known
 * @throws {TypeError} when `options` is no object, or has an unknown name (the nearest is suggested)
 */
export function checkOptions(where: string, options: unknown, allowed: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || tagOf(options) !== 'Object') {
    throw new TypeError(`${where}: options must be an object; got ${show(options)}.`);
  }
  // Inherited names too, since they are read like the object's own.
  for (const name in options) {
    if (!allowed.includes(name)) {
      throw new TypeError(`${where}: unknown option '${name}'.${suggestion(name, allowed)}`);
    }
  }
}

/**
 * Refuses a word that is not one of `allowed`.
 *
 * @throws {TypeError} when it is no string
 * @throws {RangeError} when it is unknown (the nearest is suggested)
 */
export function checkChoice<Choice extends string>(
  where: string,
  name: string,
  value: unknown,
  allowed: readonly Choice[],
): Choice {
  if (typeof value !== 'string') {
    throw new TypeError(`${where}: ${name} must be a string; got ${show(value)}.`);
  }
  const found = allowed.find((choice) => choice === value);
  if (found === undefined) {
    throw new RangeError(
      `${where}: ${name} ${show(value)} is unknown.${suggestion(value, allowed)}`,
    );
  }
  return found;
}

/** The bounds of {@link checkNumber}; a bound is inclusive unless named `above` or `below`. */
export interface NumberRule {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
  readonly integer?: boolean;
}

function ruleText(rule: NumberRule): string {
  const parts: string[] = [rule.integer === true ? 'an integer' : 'a finite number'];
  if (rule.min !== undefined) parts.push(`at least ${rule.min}`);
  if (rule.above !== undefined) parts.push(`above ${rule.above}`);
  if (rule.max !== undefined) parts.push(`at most ${rule.max}`);
  if (rule.below !== undefined) parts.push(`below ${rule.below}`);
  return parts.join(', ');
}

/**
 * Refuses what is not a finite number within the rule.
 *
 * @throws {TypeError} when it is no number
 * @throws {RangeError} when it breaks the rule
 */
export function checkNumber(
  where: string,
  name: string,
  value: unknown,
  rule: NumberRule = {},
): number {
  if (typeof value !== 'number') {
    throw new TypeError(`${where}: ${name} must be ${ruleText(rule)}; got ${show(value)}.`);
  }
  const fine =
    Number.isFinite(value) &&
    (rule.integer !== true || Number.isSafeInteger(value)) &&
    (rule.min === undefined || value >= rule.min) &&
    (rule.max === undefined || value <= rule.max) &&
    (rule.above === undefined || value > rule.above) &&
    (rule.below === undefined || value < rule.below);
  if (!fine) {
    throw new RangeError(`${where}: ${name} must be ${ruleText(rule)}; got ${String(value)}.`);
  }
  return value;
}

/**
 * Refuses what is not true or false.
 *
 * @throws {TypeError} when it is no boolean
 */
export function checkBoolean(where: string, name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') {
    throw new TypeError(`${where}: ${name} must be true or false; got ${show(value)}.`);
  }
  return value;
}
