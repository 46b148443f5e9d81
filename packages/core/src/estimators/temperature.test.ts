/** Temperatures: one that is known is found again, and probabilities at a temperature are those of the divided logits. */
import { describe, expect, it } from 'vitest';
import { uniforms } from '../../test/uniforms.ts';
import { atTemperature, fitTemperature, type JudgedProbabilities } from './temperature.ts';

const CLASSES = 3;

function softmax(logits: readonly number[], temperature: number): number[] {
  const powers = logits.map((z) => Math.exp(z / temperature));
  const sum = powers.reduce((all, one) => all + one, 0);
  return powers.map((one) => one / sum);
}

const LOGITS = (() => {
  const draws = uniforms(3 * 4000, 5);
  return Array.from({ length: 4000 }, (_, row) =>
    Array.from({ length: CLASSES }, (_k, k) => 8 * draws[3 * row + k]! - 4),
  );
})();

/** Rows whose classes are drawn from the probabilities at one temperature, and that claim those at temperature 1. */
function judged(temperature: number): JudgedProbabilities {
  const draws = uniforms(LOGITS.length, 6);
  const classes = Int32Array.from(LOGITS, (logits, row) => {
    const [first = 0, second = 0] = softmax(logits, temperature);
    return draws[row]! < first ? 0 : draws[row]! < first + second ? 1 : 2;
  });
  const data = Float32Array.from(LOGITS.flatMap((logits) => softmax(logits, 1)));
  return { outputs: { data, shape: [LOGITS.length, CLASSES] }, classes };
}

describe('the temperature', () => {
  it.each([0.5, 0.8, 2, 3])('%f is found from the rows that it made', (temperature) => {
    const found = fitTemperature([judged(temperature)]);
    expect(Math.abs(found / temperature - 1)).toBeLessThan(0.06);
  });

  it('is 1 if the probabilities are right already', () => {
    expect(fitTemperature([judged(1)])).toBe(1);
  });

  it('is found by rows that count, in several parts', () => {
    const [right, wrong] = [judged(2), judged(0.5)];
    const silent = { ...wrong, weights: new Float64Array(LOGITS.length) };
    expect(fitTemperature([right, silent])).toBeCloseTo(fitTemperature([right]), 5);
  });

  it('divides the logits', () => {
    const { outputs } = judged(1);
    for (const temperature of [0.4, 1.7]) {
      const { data, shape } = atTemperature(outputs, temperature);
      expect(shape).toEqual(outputs.shape);
      for (const [row, logits] of LOGITS.slice(0, 50).entries()) {
        for (const [k, p] of softmax(logits, temperature).entries()) {
          expect(data[row * CLASSES + k]).toBeCloseTo(p, 6);
        }
      }
    }
    expect(atTemperature(outputs, 1)).toBe(outputs);
  });

  it('keeps a probability of 0 and one of 1', () => {
    const { data } = atTemperature({ data: Float32Array.of(1, 0), shape: [1, 2] }, 0.5);
    expect([...data]).toEqual([1, 0]);
  });
});
