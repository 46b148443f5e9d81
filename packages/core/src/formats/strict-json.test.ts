import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWellFormed, readStrictJson, type JsonValue } from './strict-json.ts';

class Fault extends Error {}

const read = (text: string, options: { sizesOnly?: boolean; maxDepth?: number } = {}): JsonValue =>
  readStrictJson(text, {
    ...options,
    fault: (message, offset) => new Fault(`${message} at ${offset}`),
  });

describe('readStrictJson', () => {
  test('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/__proto__|constructor|prototype/.test(text) && isWellFormed(text));
        fc.pre(!/\\ud[89a-f]/.test(text));
        expect(JSON.stringify(read(` ${text}\n`))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('gives objects without a prototype', () => {
    expect(Object.getPrototypeOf(read('{"a":1}'))).toBe(null);
  });

  test.each([
    ['', 'must not end before its value is whole at 0'],
    ['\ufeff{}', 'must be JSON here at 0'],
    ['{} x', 'must end after its value at 3'],
    ['{"a":1,"a":2}', 'must not have the key "a" twice at 7'],
    ['{"a":1,"\\u0061":2}', 'must not have the key "a" twice at 7'],
    ['{"__proto__":1}', "must not have the key '__proto__' at 1"],
    ['{"\\u005f_proto__":1}', "must not have the key '__proto__' at 1"],
    ['{"constructo\\u0072":1}', "must not have the key 'constructor' at 1"],
    ['{"prototype":1}', "must not have the key 'prototype' at 1"],
    ['"\\ud800"', 'must not have lone surrogates at 0'],
    ['"\\udc00\\ud800"', 'must not have lone surrogates at 0'],
    ['1e999', 'must have numbers within float64 at 0'],
    ['9007199254740993', 'must have integers below 2^53 at 0'],
    ['01', 'must end after its value at 1'],
    ['"a', 'must close every quote at 0'],
    ['"a\nb"', 'must escape control characters at 2'],
    ['"\\x"', 'must not have an unknown escape at 1'],
    ['"\\u00g0"', 'must have four hexadecimal digits after \\u at 3'],
    ['{a:1}', 'must have a key in quotes at 1'],
    ['{"a" 1}', "must have ':' after a key at 5"],
    ['{"a":1', "must have ',' or '}' after a value at 6"],
    ['[1 2]', "must have ',' or ']' after a value at 3"],
    ['[1,]', 'must be JSON here at 3'],
    ['nul', 'must be JSON here at 0'],
    ['NaN', 'must be JSON here at 0'],
    ["'a'", 'must be JSON here at 0'],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(new Fault(message));
  });

  test('refuses floats, signs and exponents where only sizes may stand', () => {
    expect(read('[0, 7, 9007199254740991]', { sizesOnly: true })).toEqual([0, 7, 2 ** 53 - 1]);
    for (const text of ['-0', '-1', '1.0', '1e3', '1E3', '0.5', '+1', '.5', '9007199254740992']) {
      expect(() => read(text, { sizesOnly: true })).toThrow(Fault);
    }
  });

  test('takes a large integer only in the spelling of its double', () => {
    expect(read('[100000000000000000000, -9007199254740992]')).toEqual([1e20, -(2 ** 53)]);
    expect(() => read('100000000000000000001')).toThrow(Fault);
  });

  test('has a limit of depth, so that no text overflows the stack', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => read(nested(32))).not.toThrow();
    expect(() => read(nested(33))).toThrow(new Fault('must be nested at most 32 deep at 32'));
    expect(() => read(nested(1e6))).toThrow(Fault);
  });
});
