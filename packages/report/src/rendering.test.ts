import { describe, expect, test } from 'vitest';
import { latexToText } from './latex.ts';
import { matrixLines, shapeText } from './matrix.ts';
import { counted, duration, grouped, metric, shortFloat32, significant } from './numbers.ts';
import { renderPairs, renderTable } from './table.ts';
import { clip, displayWidth, pad, plainLines, plainText } from './text.ts';

describe('text', () => {
  test('shows control characters and marks of direction, so that no name moves the cursor', () => {
    expect(plainText('a\u001b[31mred\u0007')).toBe('a\\u{1b}[31mred\\u{7}');
    expect(plainText('x\u202egnp.exe\u009b\u007f')).toBe('x\\u{202e}gnp.exe\\u{9b}\\u{7f}');
    expect(plainText('lone \ud800')).toBe('lone \\u{d800}');
    expect(plainText('ä 漢 😀')).toBe('ä 漢 😀');
    expect(plainText('two\nlines')).toBe('two\\u{a}lines');
    expect(plainLines('two\nlines\r')).toBe('two\nlines\\u{d}');
  });

  test('is measured by its visible characters', () => {
    expect(displayWidth('W̄⁽²⁾')).toBe(4);
    expect(displayWidth('漢字')).toBe(4);
    expect(displayWidth('😀')).toBe(2);
    expect(pad('z̄', 3)).toBe('z̄  ');
    expect(pad('5', 3, 'right')).toBe('  5');
  });

  test('is clipped by its visible characters', () => {
    expect(clip('abcdef', 6)).toBe('abcdef');
    expect(clip('abcdefg', 6)).toBe('abcde…');
    expect(displayWidth(clip('漢字漢字', 5))).toBeLessThanOrEqual(5);
  });
});

describe('numbers', () => {
  test('metrics have four decimals, or four digits if four decimals would show none', () => {
    expect([0.97777, 1, 0, 1e-3, 2.5e-9, 123456789].map(metric)).toEqual([
      '0.9778',
      '1.0000',
      '0.0000',
      '1.0000e-3',
      '2.5000e-9',
      '1.2346e+8',
    ]);
    expect([NaN, Infinity].map(metric)).toEqual(['NaN', 'Infinity']);
  });

  test('the shortest decimal of a float32 reads back to the same float32', () => {
    const values = [0.1, 1 / 3, 16777217, 1e-45, 3.4e38, -2.5, 0, 123456.789];
    for (const value of values.map(Math.fround)) {
      expect(Math.fround(Number(shortFloat32(value)))).toBe(value);
    }
    expect(shortFloat32(Math.fround(0.1))).toBe('0.1');
  });

  test('significant digits keep size and sign', () => {
    expect([1.23456789, -0.000012345, 0, 1e9, 100].map((value) => significant(value))).toEqual([
      '1.23457',
      '-1.2345e-5',
      '0',
      '1.0000e+9',
      '100',
    ]);
    expect(significant(-0)).toBe('-0');
  });

  test('counts and times', () => {
    expect(grouped(1234567)).toBe('1,234,567');
    expect(counted(1, 'row')).toBe('1 row');
    expect(counted(2000, 'epoch')).toBe('2,000 epochs');
    expect([0.0004, 0.045, 3.21, 125].map(duration)).toEqual([
      '0.4 ms',
      '45 ms',
      '3.2 s',
      '2 min 5 s',
    ]);
  });
});

describe('tables', () => {
  test('columns are aligned by visible characters, and a cell cannot break a line', () => {
    expect(
      renderTable(
        [{ title: 'name' }, { title: 'n', align: 'right' }],
        [
          ['漢', '1'],
          ['a\nb', '20'],
        ],
      ),
    ).toBe(['name      n', '───────────', '漢        1', 'a\\u{a}b  20'].join('\n'));
    expect(
      renderPairs([
        ['a', '1'],
        ['long', '2'],
      ]),
    ).toBe('a     1\nlong  2');
  });

  test('a table that is too wide is broken into several with the same first column', () => {
    const columns = ['key', 'aaaaaa', 'bbbbbb', 'cccccc'].map((title) => ({ title }));
    const rows = [
      ['one', '1', '2', '3'],
      ['two', '4', '5', '6'],
    ];
    const narrow = renderTable(columns, rows, 20);
    expect(narrow.split('\n')).toEqual([
      'key  aaaaaa  bbbbbb',
      '───────────────────',
      'one  1       2',
      'two  4       5',
      '',
      'key  cccccc',
      '───────────',
      'one  3',
      'two  6',
    ]);
    expect(renderTable(columns, rows, 27)).toBe(renderTable(columns, rows));
    expect(renderTable(columns, rows, 1).split('\n\n')).toHaveLength(3);
  });

  test('a cell that is too wide continues in the line below', () => {
    const columns = [{ title: 'key' }, { title: 'words' }];
    expect(renderTable(columns, [['a', 'one two three four']], 15)).toBe(
      ['key  words', '───────────────', 'a    one two', '     three four'].join('\n'),
    );
    expect(renderPairs([['key', 'one two three']], 13)).toBe('key  one two\n     three');
    expect(renderTable(columns, [['a', 'unbreakable-word']], 12)).toContain('unbreakable-word');
  });

  test('no line of a narrow table is wider than the given width, except for words that cannot be broken', () => {
    const columns = Array.from({ length: 9 }, (_, index) => ({ title: `column ${index}` }));
    const rows = Array.from({ length: 3 }, () => columns.map(() => 'a few words each'));
    for (const width of [24, 40, 80, 200]) {
      const lines = renderTable(columns, rows, width).split('\n');
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(Math.max(width, 34));
    }
  });

  test('small matrices are shown completely, large ones by their corners', () => {
    expect(matrixLines([], [2.5])).toEqual(['2.5']);
    expect(matrixLines([3], [1, -0, 0.25])).toEqual(['[ 1  0  0.25 ]']);
    expect(matrixLines([2, 2], [1, -20, 300, 4])).toEqual(['[   1  -20 ]', '[ 300    4 ]']);
    expect(matrixLines([0, 3], [])).toEqual(['[ ]']);
    const large = Float64Array.from({ length: 10_000 }, (_, index) => index);
    const corners = matrixLines([100, 100], large);
    expect(corners).toHaveLength(7);
    expect(corners[0]).toMatch(/^\[ +0 +1 +2 +3 +… +98 +99 \]$/);
    expect(corners[4]).toMatch(/^\[( +…)+ \]$/);
    expect(matrixLines([100, 100], large, true)).toHaveLength(100);
    expect([shapeText([]), shapeText([3]), shapeText([3, 4])]).toEqual([
      'number',
      '[3]',
      '[3 × 4]',
    ]);
  });
});

describe('latexToText', () => {
  test.each([
    ['\\bar{Z} = \\tfrac{1}{N}(Y - T)', 'Z̄ = (1/N)(Y − T)'],
    ['M = X\\,{W^{(1)}}^{\\top} + b^{(1)}', 'M = X W⁽¹⁾ᵀ + b⁽¹⁾'],
    ['\\bar{W}^{(2)} = \\bar{Z}^{\\top}\\,H', 'W̄⁽²⁾ = Z̄ᵀ H'],
    ['h = \\max(0, m)', 'h = max(0, m)'],
    ['\\mathcal{L} = -\\sum_k t_k \\log y_k', 'L = −Σₖ tₖ log yₖ'],
    ["h' = \\frac{\\mathrm{mask} \\circ h}{1 - 0.5}", 'h′ = (mask ∘ h) / (1 − 0.5)'],
    ['\\hat{m}_{t,W^{(1)}} = m_{t,W^{(1)}} / (1 - \\beta_1^t)', 'm̂ₜ[W⁽¹⁾] = mₜ[W⁽¹⁾] / (1 − β₁ᵗ)'],
    ['\\beta_1 m_{t-1,b^{(2)}}', 'β₁ mₜ₋₁[b⁽²⁾]'],
    ['\\|g\\|', '‖g‖'],
    ['\\bar{h} \\circ \\left([m > 0]\\right)', 'h̄ ∘ ([m > 0])'],
    ['\\sqrt{\\hat{v}_{t,b}} + \\epsilon', '√(v̂ₜ[b]) + ε'],
    ['\\begin{cases} m & m > 0 \\\\ s\\,m & m \\le 0 \\end{cases}', '{ m if m > 0; s m if m ≤ 0 }'],
    ['\\unknown{x}', 'unknownx'],
  ])('%s', (latex, text) => {
    expect(latexToText(latex)).toBe(text);
  });
});
