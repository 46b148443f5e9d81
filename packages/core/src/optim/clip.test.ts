import { describe, expect, it } from 'vitest';
import { clipLimit, clipScale, readClip } from './clip.ts';

describe('clipping, eq. (30)', () => {
  it('by global norm scales only gradients that are longer', () => {
    const clip = readClip('fit', { globalNorm: 2 });
    expect(clipScale(clip, 4)).toBe(0.5);
    expect(clipScale(clip, 2)).toBe(1);
    expect(clipScale(clip, 0.2)).toBe(1);
    expect(clipScale(clip, 0)).toBe(1);
    expect(clipLimit(clip)).toBe(Infinity);
  });

  it('in the form of the notes makes a gradient of norm η/10 ten times longer', () => {
    const clip = readClip('fit', { normalize: 2 });
    expect(clipScale(clip, 0.2)).toBe(10);
    expect(clipScale(clip, 4)).toBe(0.5);
    expect(clipScale(clip, 0)).toBe(1);
  });

  it('has a factor that float32 can represent, however small the gradient is', () => {
    const clip = readClip('fit', { normalize: 1 });
    expect(Number.isFinite(Math.fround(clipScale(clip, 1e-45)))).toBe(true);
    expect(Number.isFinite(Math.fround(clipScale(clip, 5e-324)))).toBe(true);
  });

  it('by value leaves the scale alone', () => {
    const clip = readClip('fit', { value: 0.5 });
    expect(clipScale(clip, 100)).toBe(1);
    expect(clipLimit(clip)).toBe(0.5);
    expect(clipScale(undefined, 100)).toBe(1);
    expect(clipLimit(undefined)).toBe(Infinity);
    expect(readClip('fit', undefined)).toBeUndefined();
  });

  it('refuses a record that is none of the three kinds', () => {
    for (const option of [1, null, {}, { globalNorm: 1, value: 1 }]) {
      expect(() => readClip('fit', option)).toThrow(
        /^fit: clip must be one of \{ globalNorm \}, \{ value \} and \{ normalize \}; got /,
      );
    }
    expect(() => readClip('fit', { globalnorm: 1 })).toThrow("Did you mean 'globalNorm'?");
    expect(() => readClip('fit', { value: 0 })).toThrow(RangeError);
    expect(() => readClip('fit', { normalize: '1' })).toThrow(TypeError);
  });
});
