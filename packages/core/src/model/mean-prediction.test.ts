import { describe, expect, it } from 'vitest';
import { meanPrediction } from './mean-prediction.ts';
import type { Prediction } from './prediction.ts';

const prediction = (data: Float32Array | Float64Array, columns: number): Prediction => ({
  data,
  shape: [data.length / columns, columns],
});

describe('meanPrediction', () => {
  it('returns one prediction as it is, and clips nothing of it', () => {
    const one = prediction(Float32Array.of(1, 9), 2);
    expect(meanPrediction([one], { min: [0, 0], max: [1, 1] })).toBe(one);
  });

  it('adds in float64 in the order of the networks and rounds once', () => {
    // 2^24 + 1 is no float32, so a sum in float32 would lose both ones.
    const parts = [16777216, 1, 1].map((value) => prediction(Float32Array.of(value), 1));
    expect(meanPrediction(parts).data).toEqual(Float32Array.of(16777218 / 3));
    const doubles = [1e16, 1, 1, -1e16].map((value) => prediction(Float64Array.of(value), 1));
    expect(meanPrediction(doubles).data).toEqual(Float64Array.of((1e16 + 1 + 1 - 1e16) / 4));
  });

  it('clips each member to the range of its column before it adds', () => {
    const wild = prediction(Float32Array.of(1000, 2, -1000, 2), 2);
    const tame = prediction(Float32Array.of(1, 3, 1, 3), 2);
    const mean = meanPrediction([wild, tame], { min: [0, 0], max: [2, 10] });
    expect(mean).toEqual({ data: Float32Array.of(1.5, 2.5, 0.5, 2.5), shape: [2, 2] });
  });

  it('keeps what is not finite, because it is a fault that must stay visible', () => {
    const broken = prediction(Float32Array.of(Infinity, NaN), 2);
    const whole = prediction(Float32Array.of(1, 1), 2);
    const mean = meanPrediction([broken, whole], { min: [0, 0], max: [2, 2] });
    expect([...mean.data]).toEqual([Infinity, NaN]);
  });
});
