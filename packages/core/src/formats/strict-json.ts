/**
 * JSON of unknown origin, read strictly. `JSON.parse` knows the grammar, but it keeps the last of two equal
 * keys without a word, makes `__proto__` an own key that a later merge may trip over, rounds integers above
 * 2⁵³, turns 1e999 into Infinity and has no limit of depth; a second look at the text refuses all of these, and
 * says where. It is for the headers and metadata of model files, which are small; it is not meant for data.
 *
 * Source: RFC 8259 (grammar), RFC 7493 (I-JSON: no duplicates, no lone surrogates).
 */
import { formatError } from '../words/fault.ts';
import { isRecord } from '../words/options.ts';

/** What strict JSON reads to. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** An object of JSON; without prototype, so no key finds anything but what the text held. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Nesting of arrays and objects beyond this is no honest header. */
const MAX_DEPTH = 32;

/** Keys that some code, somewhere, would take for more than a key. */
const FORBIDDEN_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

const LONE_SURROGATE = /\p{Surrogate}/u;
const NUMBER = /[-+.\deE]+/y;
const COLON = /\s*:/y;

/**
 * The value of a JSON text that holds exactly one value, with space around it at most.
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

/** Looks at every bracket, string and number of a text that is JSON. */
function checkTokens(where: string, what: string, text: string, sizesOnly: boolean): void {
  /** The keys so far of each array or object that is open; an array has none. */
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

/** Whether a number is finite and, where it is whole, every digit of it survives. */
function isKept(digits: string, sizesOnly: boolean): boolean {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return true;
  // An integer beyond 2⁵³ passes if it is the double's own spelling, as JSON.stringify writes 1e20.
  return /^-?\d+$/.test(digits) ? !sizesOnly && String(value) === digits : Number.isFinite(value);
}

/** What a sticky pattern finds at a place. */
function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
