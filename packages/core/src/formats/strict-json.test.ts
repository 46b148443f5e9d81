import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelFormatError } from '../words/errors.ts';
import { readStrictJson, type JsonValue } from './strict-json.ts';

const read = (text: string, sizesOnly = false): JsonValue =>
  readStrictJson('', 'the text', text, sizesOnly);

describe('readStrictJson', () => {
  test('reads everything that JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/__proto__|constructor|prototype/.test(text) && !/\p{Surrogate}/u.test(text));
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
    ['', 'must be JSON.'],
    ['\ufeff{}', 'must be JSON.'],
    ['{} x', 'must be JSON.'],
    ['{"a":1,"a":2}', 'must not have the key "a" twice (character 7).'],
    ['{"a":1,"\\u0061":2}', 'must not have the key "a" twice (character 7).'],
    ['{"__proto__":1}', "must not have the key '__proto__' (character 1)."],
    ['{"\\u005f_proto__":1}', "must not have the key '__proto__' (character 1)."],
    ['{"constructo\\u0072":1}', "must not have the key 'constructor' (character 1)."],
    ['{"prototype":1}', "must not have the key 'prototype' (character 1)."],
    ['"\\ud800"', 'must not have lone surrogates (character 0).'],
    ['"\\udc00\\ud800"', 'must not have lone surrogates (character 0).'],
    ['1e999', 'must have integers below 2^53 and numbers within float64 (character 0).'],
    ['9007199254740993', 'must have integers below 2^53 and numbers within float64 (character 0).'],
    ['01', 'must be JSON.'],
    ['"a', 'must be JSON.'],
    ['"a\nb"', 'must be JSON.'],
    ['"\\x"', 'must be JSON.'],
    ['"\\u00g0"', 'must be JSON.'],
    ['{a:1}', 'must be JSON.'],
    ['{"a" 1}', 'must be JSON.'],
    ['{"a":1', 'must be JSON.'],
    ['[1 2]', 'must be JSON.'],
    ['[1,]', 'must be JSON.'],
    ['nul', 'must be JSON.'],
    ['NaN', 'must be JSON.'],
    ["'a'", 'must be JSON.'],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(new ModelFormatError(`the text ${message}`));
  });

  test('refuses floats, signs and exponents, because a header has only sizes', () => {
    expect(read('[0, 7, 9007199254740991]', true)).toEqual([0, 7, 2 ** 53 - 1]);
    for (const text of ['-0', '-1', '1.0', '1e3', '1E3', '0.5', '+1', '.5', '9007199254740992']) {
      expect(() => read(text, true)).toThrow(ModelFormatError);
    }
  });

  test('takes a large integer only if its digits are those of its float64', () => {
    expect(read('[100000000000000000000, -9007199254740992]')).toEqual([1e20, -(2 ** 53)]);
    expect(() => read('100000000000000000001')).toThrow(ModelFormatError);
  });

  test('has a limit of depth, so that no text overflows the stack', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => read(nested(32))).not.toThrow();
    expect(() => read(nested(33))).toThrow(
      new ModelFormatError('the text must be nested at most 32 deep (character 32).'),
    );
    expect(() => read(nested(1e6))).toThrow(ModelFormatError);
  });
});
