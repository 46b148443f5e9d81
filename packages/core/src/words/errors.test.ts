import { describe, expect, it } from 'vitest';
import {
  BackendUnavailableError,
  DataError,
  ModelFormatError,
  NonFiniteError,
  VinculumError,
} from './errors.ts';

const SITE = { step: 3, layer: 1, tensor: 'layers.1.weight', index: 5, value: NaN };

describe('errors', () => {
  it.each([
    [new VinculumError('busy', 'm'), 'VinculumError', 'busy'],
    [new NonFiniteError('m', SITE), 'NonFiniteError', 'non-finite'],
    [new BackendUnavailableError('m'), 'BackendUnavailableError', 'backend-unavailable'],
    [new ModelFormatError('m'), 'ModelFormatError', 'model-format'],
    [new DataError('m', { row: 2, column: 'age' }), 'DataError', 'data'],
  ])('%o has a name and a stable code', (error, name, code) => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(VinculumError);
    expect(error.name).toBe(name);
    expect(error.code).toBe(code);
    expect(error.message).toBe('m');
    expect(String(error)).toBe(`${name}: m`);
  });

  it('have the place of the fault', () => {
    expect(new NonFiniteError('m', SITE).site).toEqual(SITE);
    const error = new DataError('m', { row: 2, column: 'age' });
    expect([error.row, error.column]).toEqual([2, 'age']);
    const plain = new DataError('m');
    expect([plain.row, plain.column]).toEqual([undefined, undefined]);
  });
});
