/**
 * Checks arguments once, at the public edge, with messages that say the rule, the value and the remedy. An unknown
 * option is refused, and the message suggests the nearest known option, because otherwise a typing error would
 * silently select a default.
 */
import { dataError, mustBe, rangeError, typeError } from './fault.ts';
import { nearest, show, showAll, suggestion, tagOf } from './messages.ts';

export { nearest, show, showAll, suggestion };

/** Whether a value is an object whose fields can be read; arrays are such objects too. */
export function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

/**
 * Refuses a value that is not a plain options object, and every unknown option.
 *
 * @param where - the public function, for the message
 * @param options - what the caller gave; undefined means no options
 * @param allowed - the known names
 * @throws {TypeError} when `options` is no object, or has an unknown name (the nearest is suggested)
 * @example
 * checkOptions('readTable', { delimiter: ';' }, ['delimiter', 'decimal']);
 */
export function checkOptions(where: string, options: unknown, allowed: readonly string[]): void {
  if (options === undefined) return;
  if (!isRecord(options) || tagOf(options) !== 'Object') {
    throw typeError(mustBe(where, 'options', 'an object', options));
  }
  // Inherited names are checked too, because they are read in the same way as own properties.
  for (const name in options) {
    if (!allowed.includes(name)) {
      const remedy = allowed.length === 0 ? ' It takes no options.' : suggestion(name, allowed);
      throw typeError({ where, subject: '', rule: `unknown option '${name}'`, remedy });
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
    throw typeError(mustBe(where, name, 'a string', value));
  }
  const found = allowed.find((choice) => choice === value);
  if (found === undefined) {
    throw rangeError({
      where,
      subject: name,
      rule: `${show(value)} is unknown`,
      remedy: suggestion(value, allowed),
    });
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
  /** A float32 kernel uses the number, so the rule must also hold after the number is rounded. */
  readonly float32?: boolean;
}

/** The rule of a number in words: `an integer from 1 to 8`, `a finite number, above 0`. */
export function ruleText({ integer, min, above, max, below }: NumberRule): string {
  let text = integer === true ? 'an integer' : 'a finite number';
  if (min !== undefined && max !== undefined) return `${text} from ${min} to ${max}`;
  if (min !== undefined) text += `, at least ${min}`;
  if (above !== undefined) text += `, above ${above}`;
  if (max !== undefined) text += `, at most ${max}`;
  if (below !== undefined) text += `, below ${below}`;
  return text;
}

/** Whether a number satisfies a rule, before it is rounded to float32. */
export function isWithin(value: number, rule: NumberRule): boolean {
  const { integer, min = -Infinity, above = -Infinity, max = Infinity, below = Infinity } = rule;
  const known = integer === true ? Number.isSafeInteger(value) : Number.isFinite(value);
  return known && value >= min && value > above && value <= max && value < below;
}

/**
 * Refuses a value that is not a finite number within the rule.
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
  if (typeof value !== 'number') throw typeError(mustBe(where, name, ruleText(rule), value));
  if (!isWithin(value, rule)) throw rangeError(mustBe(where, name, ruleText(rule), value));
  if (rule.float32 === true && !isWithin(Math.fround(value), rule)) {
    throw rangeError(mustBe(where, name, `${ruleText(rule)}, once rounded to float32`, value));
  }
  return value;
}

/**
 * Refuses a value that is not true or false.
 *
 * @throws {TypeError} when it is no boolean
 */
export function checkBoolean(where: string, name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') {
    throw typeError(mustBe(where, name, 'true or false', value));
  }
  return value;
}

/**
 * Refuses text that cannot be written as UTF-8 (half of a surrogate pair), because it must be possible to save a model.
 *
 * @throws {DataError} when `text` is not well-formed
 */
export function checkWellFormed(where: string, what: string, text: string): void {
  if (!/\p{Surrogate}/u.test(text)) return;
  throw dataError(mustBe(where, what, 'well-formed text', text));
}

/**
 * The rule of one option: checks the value (undefined if it was not given) and returns it or the default. `given` holds all
 * options as the caller gave them, for a rule that depends on another option.
 */
export type OptionRule<Value> = (
  where: string,
  name: string,
  value: unknown,
  given?: { readonly [name: string]: unknown },
) => Value;

/** A rule for each option. An option may be absent from the result if its rule may return undefined. */
export type OptionRules<Values> = { readonly [Name in keyof Values]-?: OptionRule<Values[Name]> };

/**
 * Checks the options of a public function by a table of rules, and adds the defaults.
 *
 * @param where - the public function, for messages
 * @param options - what the caller gave; undefined means no options
 * @param rules - a rule for each known name
 * @param prefix - the text before the names in messages, such as `'earlyStopping.'`
 * @returns a new record with the names in the order of the table, without undefined values
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
  // Inherited options are read too, because their names were checked too.
  const given = (options ?? {}) as { readonly [name: string]: unknown };
  return Object.fromEntries(
    table
      .map(([name, rule]) => [name, rule(where, prefix + name, given[name], given)] as const)
      .filter(([, value]) => value !== undefined),
  ) as Values;
}

/**
 * The immutable record of a kind, as factories such as `adam` and `cosine` make it: its kind, then its options.
 *
 * @param kind - the kind
 * @param options - what the caller gave
 * @param rules - a rule for each known name
 * @param where - the public function, for messages; by default the function with the name of the kind
 * @throws as {@link readOptions} does
 */
export function makeRecord<Made extends { readonly kind: string }>(
  kind: Made['kind'],
  options: unknown,
  rules: OptionRules<Omit<Made, 'kind'>>,
  where: string = kind,
): Made {
  return Object.freeze({ kind, ...readOptions(where, options, rules) } as unknown as Made);
}

/** A number, checked by {@link checkNumber}; without a default it is required. */
export function numberOption(rule: NumberRule, standard?: number): OptionRule<number> {
  return (where, name, value = standard) => checkNumber(where, name, value, rule);
}

/** True or false; without a default it is required. */
export function booleanOption(standard?: boolean): OptionRule<boolean> {
  return (where, name, value = standard) => checkBoolean(where, name, value);
}

/** One of some words, checked by {@link checkChoice}; without a default it is required. */
export function choiceOption<Choice extends string>(
  allowed: readonly Choice[],
  standard?: Choice,
): OptionRule<Choice> {
  return (where, name, value = standard) => checkChoice(where, name, value, allowed);
}

/**
 * An option that belongs to only one kind of record, and is refused for the others.
 *
 * @param fits - whether the record is of that kind
 * @param owner - the name of that kind in messages
 * @param kind - the kind that the record has
 * @param rule - the rule if the record is of that kind
 * @param otherwise - the value if it is not
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
    // A file holds a record with every option written out, and it must be possible to read this record again.
    if (value === undefined || value === otherwise) return otherwise;
    throw rangeError({
      where,
      subject: name,
      rule: `belongs to ${owner} only`,
      got: `it with '${kind}'`,
    });
  };
}

/** An option that is checked later, together with others. */
export function anyOption(_where: string, _name: string, value: unknown): unknown {
  return value;
}

/** An option that may be omitted; it is then undefined. */
export function optional<Value>(rule: OptionRule<Value>): OptionRule<Value | undefined> {
  return (where, name, value) => (value === undefined ? undefined : rule(where, name, value));
}

/**
 * Reads a record with a `kind`, made by a factory or read from a JSON file, with the checks of its factory.
 *
 * @param where - the public function, for the message
 * @param subject - the option
 * @param value - what was given
 * @param factories - by kind; each receives the fields without the kind
 * @param known - the names of the factories in messages
 * @throws {TypeError} when it is no record of such a kind
 */
export function readByKind<Made>(
  where: string,
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
  throw typeError(mustBe(where, subject, `made by ${known}`, value));
}

/** A rule: a record whose fields follow rules, and which has no others. */
export function recordOption<Options extends object>(
  rules: OptionRules<Options>,
): OptionRule<Options> {
  return (where, name, value) => readOptions(where, value, rules, `${name}.`);
}

/** A rule: an array whose items follow a rule. */
export function listOf<Item>(item: OptionRule<Item>): OptionRule<Item[]> {
  return (where, name, value) => {
    if (!Array.isArray(value)) throw typeError(mustBe(where, name, 'an array', value));
    return value.map((one, index) => item(where, `${name}[${index}]`, one));
  };
}
