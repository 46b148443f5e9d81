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
    rows.push(row);
    for (let j = 0; j <= right.length; j++) {
      if (i === 0 || j === 0) {
        row.push(i + j);
        continue;
      }
      const above = rows[i - 1]!;
      const change = left[i - 1] === right[j - 1] ? 0 : 1;
      const swapped =
        i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      row.push(
        Math.min(
          above[j]! + 1,
          row[j - 1]! + 1,
          above[j - 1]! + change,
          swapped ? rows[i - 2]![j - 2]! + 1 : Infinity,
        ),
      );
    }
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
  const meant = plain(word);
  let best: string | undefined;
  // One slip is always let pass; in a longer word two letters of five may be wrong.
  let limit = Math.max(1, Math.floor(0.4 * meant.length));
  for (const candidate of candidates) {
    const distance = editDistance(meant, plain(candidate));
    if (distance > limit) continue;
    best = candidate;
    limit = distance - 1;
  }
  return best;
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

/**
 * The message of a fault: `<where>: <name> must be <rule>; got <value>.`
 *
 * @param where - the public function
 * @param name - the argument or option
 * @param rule - what it must be
 * @param got - what it is; shown by {@link show}
 * @param remedy - a sentence of help, with a space before it
 */
export function mustBe(
  where: string,
  name: string,
  rule: string,
  got: unknown,
  remedy = '',
): string {
  return `${where}: ${name} must be ${rule}; got ${show(got)}.${remedy}`;
}

/** Whether a value is an object whose fields may be asked for; arrays are too. */
export function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null;
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
 * @example
 * checkOptions('readTable', { delimiter: ';' }, ['delimiter', 'decimal']);
 */
export function checkOptions(where: string, options: unknown, allowed: readonly string[]): void {
  if (options === undefined) return;
  if (!isRecord(options) || tagOf(options) !== 'Object') {
    throw new TypeError(mustBe(where, 'options', 'an object', options));
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
    throw new TypeError(mustBe(where, name, 'a string', value));
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
  /** The number reaches a float32 kernel: the rule must hold once it is rounded, too. */
  readonly float32?: boolean;
}

function ruleText({ integer, min, above, max, below }: NumberRule): string {
  let text = integer === true ? 'an integer' : 'a finite number';
  if (min !== undefined) text += `, at least ${min}`;
  if (above !== undefined) text += `, above ${above}`;
  if (max !== undefined) text += `, at most ${max}`;
  if (below !== undefined) text += `, below ${below}`;
  return text;
}

function follows(value: number, rule: NumberRule): boolean {
  const { integer, min = -Infinity, above = -Infinity, max = Infinity, below = Infinity } = rule;
  const known = integer === true ? Number.isSafeInteger(value) : Number.isFinite(value);
  return known && value >= min && value > above && value <= max && value < below;
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
  if (typeof value !== 'number') throw new TypeError(mustBe(where, name, ruleText(rule), value));
  if (!follows(value, rule)) throw new RangeError(mustBe(where, name, ruleText(rule), value));
  if (rule.float32 === true && !follows(Math.fround(value), rule)) {
    throw new RangeError(mustBe(where, name, `${ruleText(rule)}, once rounded to float32`, value));
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
    throw new TypeError(mustBe(where, name, 'true or false', value));
  }
  return value;
}

/** What one option must be: checks the value, undefined where it was not given, and returns it or the default. */
export type OptionRule<Value> = (where: string, name: string, value: unknown) => Value;

/** A rule for each option; an option may be absent from the result where its rule may return undefined. */
export type OptionRules<Values> = { readonly [Name in keyof Values]-?: OptionRule<Values[Name]> };

/**
 * The options of a public function, checked and with their defaults, by a table of rules.
 *
 * @param where - the public function, for messages
 * @param options - what the caller gave; undefined stands for no options
 * @param rules - a rule for each name that is known
 * @param prefix - stands before the names in messages, such as `'earlyStopping.'`
 * @returns a new record with the names in the order of the table; those that are undefined are left out
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value breaks its rule
 * @example
 * readOptions<{ rate: number }>('sgd', { rate: 0.5 }, { rate: numberOption({ above: 0 }, 0.1) });
 */
export function readOptions<Values extends object>(
  where: string,
  options: unknown,
  rules: OptionRules<Values>,
  prefix = '',
): Values {
  const table = Object.entries<OptionRule<unknown>>(rules);
  checkOptions(where, options, Object.keys(rules));
  // Read through the prototype too, as the names are checked.
  const given = (options ?? {}) as { readonly [name: string]: unknown };
  return Object.fromEntries(
    table
      .map(([name, rule]) => [name, rule(where, prefix + name, given[name])] as const)
      .filter(([, value]) => value !== undefined),
  ) as Values;
}

/** A number by {@link checkNumber}; without a default it is required. */
export function numberOption(rule: NumberRule, standard?: number): OptionRule<number> {
  return (where, name, value = standard) => checkNumber(where, name, value, rule);
}

/** True or false; without a default it is required. */
export function booleanOption(standard?: boolean): OptionRule<boolean> {
  return (where, name, value = standard) => checkBoolean(where, name, value);
}

/** One of some words, by {@link checkChoice}; without a default it is required. */
export function choiceOption<Choice extends string>(
  allowed: readonly Choice[],
  standard?: Choice,
): OptionRule<Choice> {
  return (where, name, value = standard) => checkChoice(where, name, value, allowed);
}

/**
 * An option that belongs to one kind of record only, and is refused with the others.
 *
 * @param fits - whether the record is of that kind
 * @param owner - that kind as a message names it
 * @param kind - the kind that the record has
 * @param rule - for where it fits
 * @param otherwise - the value where it does not
 */
export function onlyFor<Value, Otherwise>(
  fits: boolean,
  owner: string,
  kind: string,
  rule: OptionRule<Value>,
  otherwise: Otherwise,
): OptionRule<Value | Otherwise> {
  return (where, name, value) => {
    if (fits) return rule(where, name, value);
    if (value === undefined) return otherwise;
    throw new RangeError(`${where}: ${name} belongs to ${owner} only; got it with '${kind}'.`);
  };
}

/** An option that may be left out and then stays undefined. */
export function optional<Value>(rule: OptionRule<Value>): OptionRule<Value | undefined> {
  return (where, name, value) => (value === undefined ? undefined : rule(where, name, value));
}

/**
 * A record with a `kind` that one of some factories made, or a JSON file gave, by the checks of its factory.
 *
 * @param subject - the public function and the option, such as `'fit: schedule'`
 * @param value - what was given
 * @param factories - by kind; each is given the fields but for the kind
 * @param known - the factories as a message names them
 * @throws {TypeError} when it is no record of such a kind
 */
export function readByKind<Made>(
  subject: string,
  value: unknown,
  factories: { readonly [kind: string]: (options: never) => Made },
  known: string,
): Made {
  if (isRecord(value)) {
    const { kind, ...options } = value;
    if (typeof kind === 'string' && Object.hasOwn(factories, kind)) {
      return factories[kind]!(options as never);
    }
  }
  throw new TypeError(`${subject} must be made by ${known}; got ${show(value)}.`);
}
