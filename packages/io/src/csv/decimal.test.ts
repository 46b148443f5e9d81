import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecimalReader } from './decimal.ts';

const reader = new DecimalReader();
const read = (text: string, mark = '.'): number | undefined => {
  // There are other bytes on both sides, as in a file.
  const bytes = new TextEncoder().encode(`9${text}9`);
  return reader.read(bytes, 1, bytes.length - 1, mark.charCodeAt(0)) ? reader.value : undefined;
};

const DIGITS = fc.stringMatching(/^[1-9]\d{0,17}$/);
const LONG = fc.stringMatching(/^[1-9]\d{15,17}$/);

describe('DecimalReader', () => {
  it('reads decimals of up to 18 digits as Number does, to the last bit (property)', () => {
    const decimal = fc
      .tuple(fc.constantFrom('', '-'), fc.oneof(DIGITS, LONG), fc.integer({ min: 1, max: 22 }))
      .map(([sign, digits, places]) => {
        const padded = digits.padStart(places + 1, '0');
        return `${sign}${padded.slice(0, -places)}.${padded.slice(-places)}`;
      });
    let taken = 0;
    fc.assert(
      fc.property(decimal, (text) => {
        const value = read(text);
        if (value === undefined) return;
        taken++;
        expect(Object.is(value, Number(text))).toBe(true);
      }),
      { numRuns: 50_000 },
    );
    // Numbers that it leaves to its caller must be rare, or this test would check nothing.
    expect(taken).toBeGreaterThan(49_000);
  });

  it('reads the digits that programs print for a float64, to the last bit (property)', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 1e6, noNaN: true }), (value) => {
        for (const text of [String(value), value.toPrecision(17), value.toFixed(6)]) {
          expect(Object.is(read(text) ?? Number(text), Number(text))).toBe(true);
        }
        expect(read(value.toFixed(3))).toBe(Number(value.toFixed(3)));
      }),
      { numRuns: 20_000 },
    );
  });

  it('reads numbers half-way between two float64 numbers, and close to it, as Number does', () => {
    // 2⁵³ + 1 is such a number, like every odd integer up to 2⁵⁴. Here a digit follows it.
    for (let i = 1n; i < 2000n; i += 2n) {
      for (const end of ['.0', '.1']) {
        const text = `${2n ** 53n + i}${end}`;
        const value = read(text);
        expect(value ?? Number(text)).toBe(Number(text));
      }
    }
  });

  it('gives the number of decimal places, and the number of digits modulo 256', () => {
    expect([read('-12.50'), reader.places, reader.residue]).toEqual([-12.5, 2, 1250 % 256]);
    expect([read('7'), reader.places, reader.residue]).toEqual([7, 0, 7]);
    const [text, digits] = ['12345.6789012345678', 123456789012345678n];
    expect([read(text), reader.places]).toEqual([Number(text), 13]);
    expect(reader.residue).toBe(Number(digits % 256n));
    expect(read('2,5', ',')).toBe(2.5);
  });

  it.each([
    ['', '-', '.', '+1', '-0', '-0.00', '007', '.5', '4.', '1e3', '1.5e3', '1,5', '1.2.3', ' 1'],
    ['0x10', 'NaN', '1_000', '9007199254740993', `0.${'0'.repeat(22)}1`, '1234567890.123456789'],
  ])('leaves other forms to its caller: %s …', (...texts) => {
    expect(texts.filter((text) => read(text) !== undefined)).toEqual([]);
  });
});
