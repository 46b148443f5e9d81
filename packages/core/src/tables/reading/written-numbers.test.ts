import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWrittenNumber } from './decorations.ts';
import { readMarks } from './marks.ts';

describe('readMarks', () => {
  it.each([
    ['7812', 7812, 7812],
    ['28,7', undefined, 28.7],
    ['0.125', 0.125, undefined],
    ['3.881', 3.881, 3881],
    ['7,812', 7812, 7.812],
    ['1.234.567', undefined, 1234567],
    ['1,234.5', 1234.5, undefined],
    ['20.999,41', undefined, 20999.41],
    ['1 250,30', undefined, 1250.3],
    ['1 250', 1250, 1250],
    ["12'345.60", 12345.6, undefined],
    ['12,34,567', 1234567, undefined],
    ['0,125', undefined, 0.125],
    ['.5', 0.5, undefined],
    ['4.', 4, undefined],
  ])('%s', (text, point, comma) => {
    expect(readMarks(text)).toEqual({ '.': point, ',': comma });
  });

  it.each(['', '.', '1.2.3', '1,2,3', '12,3456,7', '1_000', '1 2', '1..5', '1.5,'])(
    '%j is no number',
    (text) => {
      expect(readMarks(text)).toBeUndefined();
    },
  );

  it('reads what Intl writes, in English and in German (property)', () => {
    const numbers = fc.double({ min: 0, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(numbers, (number) => {
        const value = Number(number.toFixed(2));
        const print = (locale: string): string =>
          value.toLocaleString(locale, { minimumFractionDigits: 2 });
        expect(readMarks(print('en-US'))?.['.']).toBe(value);
        expect(readMarks(print('de-DE'))?.[',']).toBe(value);
      }),
    );
  });
});

describe('readWrittenNumber', () => {
  it.each([
    ['38.8%', 38.8, '%'],
    ['12.5 %', 12.5, '%'],
    ['-4 %', -4, '%'],
    ['$1,173.38', 1173.38, '$'],
    ['-$5', -5, '$'],
    ['$-5', -5, '$'],
    ['($1,200.00)', -1200, '$'],
    ['(1,200.5)', -1200.5, ''],
    ['1,200.5-', -1200.5, ''],
    ['\u22125', -5, ''],
    ['USD 12', 12, 'USD'],
    ['R$ 9.90', 9.9, 'R$'],
    ['99 kr', 99, 'kr'],
    ['12 kg', 12, 'kg'],
    ['38.5°C', 38.5, '°C'],
    ['1e3', 1000, ''],
  ])('%s', (text, value, unit) => {
    const written = readWrittenNumber(text);
    expect([written?.values['.'], written?.unit]).toEqual([value, unit]);
  });

  it('reads 1 250,30 € with the comma alone', () => {
    expect(readWrittenNumber('1\u00a0250,30\u00a0€')).toMatchObject({
      values: { '.': undefined, ',': 1250.3 },
      unit: '€',
    });
  });

  it.each([
    'A5',
    '3D',
    'room 12',
    '12 Main Street',
    '$',
    '%',
    '--5',
    '5 % %',
    '$5 kg',
    '1-2',
    '12a4',
  ])('%j is no number', (text) => {
    expect(readWrittenNumber(text)).toBeUndefined();
  });
});
