/**
 * Reads JSON of unknown origin strictly. `JSON.parse` knows the grammar, but it silently keeps the last of two equal
 * keys, makes `__proto__` an own key that may change a prototype in a later merge, rounds integers above 2⁵³, turns
 * 1e999 into Infinity and has no limit of depth. A second pass over the text refuses all of these and says where they
 * are. It is for the headers and metadata of model files, which are small; it is not meant for data.
 *
 * Source: RFC 8259 (grammar), RFC 7493 (I-JSON: no duplicates, no lone surrogates).
 */
import { formatError } from '../words/fault.ts';
import { isRecord } from '../words/options.ts';

/** What strict JSON reads to. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** An object of JSON. It has no prototype, so a key finds only values from the text. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** The deepest nesting of arrays and objects; a valid header never has more. */
const MAX_DEPTH = 32;

/** Keys that have a special meaning in JavaScript and could change an object's prototype in later code. */
const FORBIDDEN_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

const LONE_SURROGATE = /\p{Surrogate}/u;
const NUMBER = /[-+.\deE]+/y;
const COLON = /\s*:/y;

/**
 * The value of a JSON text that holds exactly one value, with only whitespace around it.
 *
 * @param where - the public function, for messages
 * @param what - the text's name in messages
 * @param text - a byte-order mark is refused
 * @param sizesOnly - whether numbers must be integers from 0 to 2⁵³ − 1 written with digits only
 * @throws {ModelFormatError} at the first fault, with its offset in UTF-16 units of the text from 0
 */
export function readStrictJson(
  where: string,
  what: string,
  text: string,
  sizesOnly = false,
): JsonValue {
  try {
    JSON.parse(text);
  } catch {
    throw formatError({ where, subject: what, rule: 'must be JSON' });
  }
  checkTokens(where, what, text, sizesOnly);
  return JSON.parse(text, (_, value: JsonValue) =>
    isRecord(value) && !Array.isArray(value)
      ? (Object.assign(Object.create(null), value) as JsonObject)
      : value,
  ) as JsonValue;
}

/** Checks every bracket, string and number of a text that is valid JSON. */
function checkTokens(where: string, what: string, text: string, sizesOnly: boolean): void {
  /** The keys so far of each array or object that is still open; an array has no keys. */
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const start = at;
    const first = text[start]!;
    const check = (fits: boolean, rule: string): void => {
      if (fits) return;
      throw formatError({ where, subject: what, rule: `must ${rule} (character ${start})` });
    };
    if (first === '{' || first === '[') {
      check(open.push(new Set()) <= MAX_DEPTH, `be nested at most ${MAX_DEPTH} deep`);
    } else if (first === '}' || first === ']') {
      open.pop();
    } else if (first === '"') {
      while (text[++at] !== '"') if (text[at] === '\\') at++;
      const string = JSON.parse(text.slice(start, at + 1)) as string;
      check(!LONE_SURROGATE.test(string), 'not have lone surrogates');
      if (matchAt(COLON, text, at + 1) === undefined) continue;
      const keys = open.at(-1)!;
      check(!FORBIDDEN_KEYS.includes(string), `not have the key '${string}'`);
      check(!keys.has(string), `not have the key ${JSON.stringify(string)} twice`);
      keys.add(string);
    } else {
      const digits = matchAt(NUMBER, text, start);
      // The letter e of `true` and `false` is matched too.
      if (digits === undefined || !/\d/.test(digits)) continue;
      at += digits.length - 1;
      check(!sizesOnly || /^\d+$/.test(digits), 'have whole, non-negative numbers only');
      check(isKept(digits, sizesOnly), 'have integers below 2^53 and numbers within float64');
    }
  }
}

/** Whether a number is finite and, if it is an integer, keeps every digit as a double. */
function isKept(digits: string, sizesOnly: boolean): boolean {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return true;
  // An integer beyond 2⁵³ is allowed if JSON.stringify writes the double in the same way, for example 1e20.
  return /^-?\d+$/.test(digits) ? !sizesOnly && String(value) === digits : Number.isFinite(value);
}

/** The text that a sticky pattern matches at a place. */
function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
