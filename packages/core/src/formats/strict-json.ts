/**
 * JSON of unknown origin, read strictly. `JSON.parse` keeps the last of two equal keys without a word, makes
 * `__proto__` an own key that a later merge may trip over, rounds integers above 2⁵³, turns 1e999 into
 * Infinity and has no limit of depth; this reader refuses all of these, and says where. It is for the headers
 * and metadata of model files, which are small; it is not meant for data.
 *
 * Source: RFC 8259 (grammar), RFC 7493 (I-JSON: no duplicates, no lone surrogates).
 */

/** What strict JSON reads to. Objects have no prototype. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** An object of JSON; without prototype, so no key finds anything but what the text held. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** How {@link readStrictJson} reads. */
export interface StrictJsonOptions {
  /** Makes the error for a fault; `offset` counts UTF-16 units of the text from 0. */
  readonly fault: (message: string, offset: number) => Error;
  /** Numbers must be integers from 0 to 2⁵³ − 1 written with digits only. Default false. */
  readonly sizesOnly?: boolean;
  /** The deepest nesting of arrays and objects. Default {@link MAX_JSON_DEPTH}. */
  readonly maxDepth?: number;
}

/** Nesting beyond this is no honest header. */
const MAX_JSON_DEPTH = 32;

/** Keys that some code, somewhere, would take for more than a key. */
export const FORBIDDEN_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/**
 * The value of a JSON text that holds exactly one value, with space around it at most.
 *
 * @param text - the text; a byte-order mark is refused
 * @param options - see {@link StrictJsonOptions}
 * @throws whatever `options.fault` makes, at the first fault
 */
export function readStrictJson(text: string, options: StrictJsonOptions): JsonValue {
  return new StrictJsonReader(text, options).document();
}

/** Whether a text has no lone surrogate, so that it can be written as UTF-8 and read back. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SIZE = /(?:0|[1-9]\d*)(?![\d.eE])/y;
/** All but quote, backslash and what is below the space. */
const PLAIN_TEXT = /[ !#-[\]-\u{10ffff}]*/uy;
const HEX = /[0-9a-fA-F]{4}/y;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class StrictJsonReader {
  readonly #text: string;
  readonly #options: StrictJsonOptions;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, options: StrictJsonOptions) {
    this.#text = text;
    this.#options = options;
    this.#maxDepth = options.maxDepth ?? MAX_JSON_DEPTH;
  }

  document(): JsonValue {
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#fault('must end after its value');
    return value;
  }

  #value(depth: number): JsonValue {
    const first = this.#text[this.#at];
    switch (first) {
      case '{':
        return this.#object(depth + 1);
      case '[':
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      case undefined:
        throw this.#fault('must not end before its value is whole');
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonObject {
    this.#enter(depth);
    const object = Object.create(null) as JsonObject;
    const seen = new Set<string>();
    if (this.#skip('}')) return object;
    do {
      this.#space();
      const start = this.#at;
      if (this.#text[start] !== '"') throw this.#fault('must have a key in quotes');
      const key = this.#string();
      if (FORBIDDEN_KEYS.includes(key)) {
        throw this.#fault(`must not have the key '${key}'`, start);
      }
      if (seen.has(key))
        throw this.#fault(`must not have the key ${JSON.stringify(key)} twice`, start);
      seen.add(key);
      if (!this.#skip(':')) throw this.#fault("must have ':' after a key");
      this.#space();
      object[key] = this.#value(depth);
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#fault("must have ',' or '}' after a value");
    return object;
  }

  #array(depth: number): JsonValue[] {
    this.#enter(depth);
    const array: JsonValue[] = [];
    if (this.#skip(']')) return array;
    do {
      this.#space();
      array.push(this.#value(depth));
    } while (this.#skip(','));
    if (!this.#skip(']')) throw this.#fault("must have ',' or ']' after a value");
    return array;
  }

  #enter(depth: number): void {
    if (depth > this.#maxDepth) throw this.#fault(`must be nested at most ${this.#maxDepth} deep`);
    this.#at++;
  }

  #string(): string {
    const start = this.#at++;
    const parts: string[] = [];
    for (;;) {
      parts.push(this.#match(PLAIN_TEXT) ?? '');
      const next = this.#text[this.#at++];
      if (next === '"') break;
      if (next === '\\') parts.push(this.#escape());
      else if (next === undefined) throw this.#fault('must close every quote', start);
      else throw this.#fault('must escape control characters', this.#at - 1);
    }
    const text = parts.join('');
    if (!isWellFormed(text)) throw this.#fault('must not have lone surrogates', start);
    return text;
  }

  #escape(): string {
    const letter = this.#text[this.#at++];
    if (letter === 'u') {
      const digits = this.#match(HEX);
      if (digits === undefined) throw this.#fault('must have four hexadecimal digits after \\u');
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const escaped = ESCAPES.get(letter ?? '');
    if (escaped === undefined) throw this.#fault('must not have an unknown escape', this.#at - 2);
    return escaped;
  }

  #number(): number {
    const start = this.#at;
    const sizesOnly = this.#options.sizesOnly === true;
    const digits = this.#match(sizesOnly ? SIZE : NUMBER);
    if (digits === undefined) {
      throw this.#fault(
        sizesOnly ? 'must have whole, non-negative numbers only' : 'must be JSON here',
      );
    }
    const value = Number(digits);
    const whole = /^-?\d+$/.test(digits);
    // An integer beyond 2⁵³ passes if it is the double's own spelling, as JSON.stringify writes 1e20.
    const kept = Number.isSafeInteger(value) || (!sizesOnly && String(value) === digits);
    if (whole ? !kept : !Number.isFinite(value)) {
      throw this.#fault(
        whole ? 'must have integers below 2^53' : 'must have numbers within float64',
        start,
      );
    }
    return value;
  }

  #word<Value extends boolean | null>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw this.#fault('must be JSON here');
    this.#at += word.length;
    return value;
  }

  #space(): void {
    for (;;) {
      const next = this.#text[this.#at];
      if (next !== ' ' && next !== '\n' && next !== '\r' && next !== '\t') return;
      this.#at++;
    }
  }

  /** Steps over `wanted` and the space before it, if it comes next. */
  #skip(wanted: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== wanted) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fault(message: string, offset = this.#at): Error {
    return this.#options.fault(message, offset);
  }
}
