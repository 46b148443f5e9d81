import { describe, expect, it } from 'vitest';
import { encodeLabels, findClasses } from './labels.ts';

describe('findClasses and encodeLabels', () => {
  it('orders numbers by value, text by code unit, false before true', () => {
    expect(findClasses([10, 9, -1, 9])).toEqual([-1, 9, 10]);
    expect(findClasses(['b', 'B', 'a', 'ä', '10', '9'])).toEqual(['10', '9', 'B', 'a', 'b', 'ä']);
    expect(findClasses([true, false])).toEqual([false, true]);
    expect(findClasses(new Uint8Array([3, 1, 3]))).toEqual([1, 3]);
  });

  it('gives each label its index, and each index its label', () => {
    const labels = ['cat', 'dog', 'ant', 'cat'];
    const classes = findClasses(labels);
    const encoded = encodeLabels(classes, labels);
    expect([...encoded].map((index) => classes[index])).toEqual(labels);
    expect([...encoded]).toEqual([1, 2, 0, 1]);
  });

  it('treats labels like names of properties as text, and -0 as 0', () => {
    const labels = ['__proto__', 'constructor', 'toString'];
    expect([...encodeLabels(findClasses(labels), labels)]).toEqual([0, 1, 2]);
    expect(() => encodeLabels(['cat'], ['constructor'])).toThrow(/one of the classes 'cat'/);
    expect(findClasses([0, -0])).toEqual([0]);
  });

  it.each([
    [[1, 'a'], /all be of one type \(number\); got 'a' in labels\[1\]/],
    [['a', null], /labels\[1\] must be text, a finite number or a boolean; got null/],
    [['a', undefined], /labels\[1\] must be text/],
    [[1, NaN], /labels\[1\] must be text, a finite number/],
  ])('refuses %o, naming the row', (labels, message) => {
    expect(() => findClasses(labels as string[])).toThrow(message);
    expect(() => findClasses(labels as string[])).toThrow(expect.objectContaining({ row: 2 }));
  });

  it('refuses text that cannot be written to a file', () => {
    expect(() => findClasses(['a', '\ud800'])).toThrow(/a label must be well-formed text/);
    expect(findClasses(['😀'])).toEqual(['😀']);
  });

  it('refuses a value that is no array', () => {
    expect(() => findClasses('abc' as unknown as string[])).toThrow(TypeError);
  });
});
