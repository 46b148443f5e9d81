import { describe, expect, it } from 'vitest';
import { dense } from './layers/dense.ts';
import { dropout } from './layers/dropout.ts';
import { readSpec } from './read-spec.ts';
import { kindOf } from './layers/kinds.ts';
import { summarise } from './summary.ts';

describe('summarise', () => {
  it('prints the table that Keras users know, with the operations for each row', () => {
    const layers = [dense(256, { activation: 'relu' }), dropout(0.2), dense(10)];
    const spec = readSpec('network', { inputs: 784, layers, output: 'softmax' });
    expect(summarise(spec)).toBe(
      [
        'Layer (type)   Output shape  Parameters  Operations a row',
        '─────────────────────────────────────────────────────────',
        'input          [N, 784]               0                 0',
        'dense (relu)   [N, 256]         200,960           401,920',
        'dropout (0.2)  [N, 256]               0                 0',
        'dense          [N, 10]            2,570             5,130',
        '─────────────────────────────────────────────────────────',
        'Parameters: 203,530 (795.0 KiB, float32)',
        'Operations a row: 407,050 forward',
        'Output: softmax',
      ].join('\n'),
    );
  });

  it('says that the output is not decided yet, and counts 8 bytes for a float64', () => {
    const spec = readSpec('network', { inputs: 2, layers: [dense(1)], dtype: 'float64' });
    expect(summarise(spec)).toContain('Parameters: 3 (24 B, float64)');
    expect(summarise(spec)).toContain('Output: identity (set by the loss when trained)');
  });

  it('groups the digits of numbers and writes large sizes in larger units', () => {
    const spec = readSpec('network', { inputs: 1000, layers: [dense(1000, { bias: false })] });
    expect(summarise(spec)).toContain('Parameters: 1,000,000 (3.8 MiB, float32)');
  });

  it('has no blanks at the end of a line', () => {
    const spec = readSpec('network', { inputs: 2, layers: [dense(1), dropout(0)] });
    for (const line of summarise(spec).split('\n')) expect(line).toBe(line.trimEnd());
  });
});

describe('the title of a layer', () => {
  it.each([
    [dense(3), 'dense'],
    [dense(3, { activation: 'leaky-relu' }), 'dense (leaky-relu)'],
    [dense(3, { activation: 'tanh', bias: false }), 'dense (tanh), no bias'],
    [dropout(0.25), 'dropout (0.25)'],
  ])('of %o is %j', (layer, title) => {
    expect(kindOf(layer).title(layer)).toBe(title);
  });
});
