import { describe, expect, it } from 'vitest';
import { philox4x32, philox4x32Into } from './philox.ts';

const words = (text: string): Uint32Array =>
  Uint32Array.from(text.split(' '), (word) => Number.parseInt(word, 16));

describe('philox4x32', () => {
  // Random123, tests/kat_vectors: counter | key | output, 10 rounds.
  const known: [string, string, string][] = [
    [
      '00000000 00000000 00000000 00000000',
      '00000000 00000000',
      '6627e8d5 e169c58d bc57ac4c 9b00dbd8',
    ],
    [
      'ffffffff ffffffff ffffffff ffffffff',
      'ffffffff ffffffff',
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
    ],
    [
      '243f6a88 85a308d3 13198a2e 03707344',
      'a4093822 299f31d0',
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ];
  for (const [counter, key, output] of known) {
    it(`gives the published answer at counter ${counter}`, () => {
      expect(philox4x32(words(counter), words(key))).toEqual(words(output));
    });
  }

  it('equals the definition in exact integers, for every number of rounds', () => {
    for (let i = 0; i < 200; i++) {
      const counter = Uint32Array.from([1, 2, 3, 4], (k) => Math.imul(i * 4 + k, 0x9e3779b1));
      const key = Uint32Array.from([5, 6], (k) => Math.imul(i * 4 + k, 0x85ebca6b));
      const rounds = i % 17;
      expect(philox4x32(counter, key, rounds)).toEqual(exactPhilox(counter, key, rounds));
    }
  });

  it('does not change its arguments, and zero rounds return the counter', () => {
    const counter = words('1 2 3 4');
    const key = words('5 6');
    expect(philox4x32(counter, key, 0)).toEqual(words('1 2 3 4'));
    philox4x32(counter, key);
    expect([...counter, ...key]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('can write the same words to memory of the caller', () => {
    const out = new Uint32Array(4);
    philox4x32Into(out, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0);
    expect(out).toEqual(words('d16cfe09 94fdcceb 5001e420 24126ea1'));
  });

  it('refuses a counter or a key that is no array of words', () => {
    const key = new Uint32Array(2);
    expect(() => philox4x32(new Uint32Array(3), key)).toThrow(
      'philox4x32: counter must be a Uint32Array of length 4; got one of length 3.',
    );
    const strange: unknown = [1, 2];
    expect(() => philox4x32(new Uint32Array(4), strange as Uint32Array)).toThrow(
      'philox4x32: key must be a Uint32Array of length 2; got an array of 2.',
    );
    expect(() => philox4x32(new Uint32Array(4), key, -1)).toThrow(RangeError);
    expect(() => philox4x32(new Uint32Array(4), key, 1.5)).toThrow(RangeError);
  });
});

/** Section 3.3 of Salmon et al. 2011 in BigInt. */
function exactPhilox(counter: Uint32Array, key: Uint32Array, rounds: number): Uint32Array {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = Array.from(counter, BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = Array.from(key, BigInt) as [bigint, bigint];
  for (let round = 0; round < rounds; round++) {
    const product0 = 0xd2511f53n * c0;
    const product1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [
      (product1 >> 32n) ^ c1 ^ k0,
      product1 & mask,
      (product0 >> 32n) ^ c3 ^ k1,
      product0 & mask,
    ];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return Uint32Array.from([c0, c1, c2, c3], Number);
}
