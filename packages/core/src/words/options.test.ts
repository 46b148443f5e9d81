import { describe, expect, it } from 'vitest';
import { editDistance } from './messages.ts';
import {
  checkBoolean,
  checkChoice,
  checkNumber,
  checkOptions,
  choiceOption,
  booleanOption,
  nearest,
  numberOption,
  optional,
  readByKind,
  readOptions,
  show,
} from './options.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['batchsize', 'batchszie', 1],
    ['epochs', 'epoch', 1],
    ['flaw', 'lawn', 2],
  ])('of %j and %j is %i', (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
    expect(editDistance(right, left)).toBe(distance);
  });
});

describe('nearest', () => {
  const known = ['learningRate', 'batchSize', 'epochs', 'beta1', 'beta2'];
  it.each([
    ['learning_rate', 'learningRate'],
    ['learning-rate', 'learningRate'],
    ['LEARNINGRATE', 'learningRate'],
    ['lerningRat', 'learningRate'],
    ['batchSzie', 'batchSize'],
    ['epoch', 'epochs'],
    ['beta_2', 'beta2'],
    ['somethingElse', undefined],
    ['epohcs', 'epochs'],
    ['x', undefined],
    ['beta', 'beta1'],
    ['eta', undefined],
    ['__proto__', undefined],
    ['', undefined],
  ])('of %j is %j', (word, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });

  it('takes the first of equally near words, and returns undefined if there are no words', () => {
    expect(nearest('beta', known)).toBe('beta1');
    expect(nearest('beta', [])).toBeUndefined();
  });
});

describe('show', () => {
  it.each([
    ['text', "'text'"],
    ["it's\n", "'it's\\n'"],
    ['x'.repeat(100), `'${'x'.repeat(57)}...'`],
    [undefined, 'undefined'],
    [null, 'null'],
    [NaN, 'NaN'],
    [12n, '12n'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 1, 'a function'],
    [[1, 2, 3], 'an array of 3'],
    [new Float32Array(3), 'a Float32Array'],
    [{ a: 1, b: 2 }, 'an object { a, b }'],
    [{}, 'an object {}'],
    [{ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 }, 'an object { a, b, c, d, e, f, … }'],
    [new Map([['a', 1]]), 'a Map'],
    [new Date(0), 'a Date'],
    [Object.create(null), 'an object {}'],
  ])('writes %o on one line', (value, text) => {
    expect(show(value)).toBe(text);
  });
});

describe('checkOptions', () => {
  const allowed = ['learningRate', 'momentum'];

  it('takes known names, and undefined in place of options', () => {
    expect(() => checkOptions('sgd', undefined, allowed)).not.toThrow();
    expect(() => checkOptions('sgd', {}, allowed)).not.toThrow();
    expect(() => checkOptions('sgd', { momentum: 0.9 }, allowed)).not.toThrow();
    expect(() =>
      checkOptions('sgd', Object.assign(Object.create(null), { momentum: 1 }), allowed),
    ).not.toThrow();
  });

  it('suggests the nearest name, or lists all', () => {
    expect(() => checkOptions('sgd', { momentun: 0.9 }, allowed)).toThrow(
      new TypeError("sgd: unknown option 'momentun'. Did you mean 'momentum'?"),
    );
    expect(() => checkOptions('sgd', { somethingElse: 1 }, allowed)).toThrow(
      new TypeError("sgd: unknown option 'somethingElse'. Known: 'learningRate', 'momentum'."),
    );
    expect(() => checkOptions('constant', { rate: 1 }, [])).toThrow(
      new TypeError("constant: unknown option 'rate'. It takes no options."),
    );
  });

  it.each([null, 0, 'adam', true, [], [1], () => 1, new Map(), new Set(), new Float32Array(2)])(
    'refuses %o, because it is no record of options',
    (options) => {
      expect(() => checkOptions('sgd', options, allowed)).toThrow(TypeError);
      expect(() => checkOptions('sgd', options, allowed)).toThrow(
        /^sgd: options must be an object/,
      );
    },
  );

  it('reads the options of a class instance and of a prototype', () => {
    class Options {
      momentum = 0.9;
    }
    class Wrong extends Options {
      nesterow = true;
    }
    expect(() => checkOptions('sgd', new Options(), allowed)).not.toThrow();
    expect(() => checkOptions('sgd', new Wrong(), allowed)).toThrow(/unknown option 'nesterow'/);
    const inherited: unknown = Object.create({ momentun: 0.9 });
    expect(() => checkOptions('sgd', inherited, allowed)).toThrow(/Did you mean 'momentum'/);
  });

  it('does not accept the names of Object.prototype', () => {
    expect(() => checkOptions('sgd', JSON.parse('{"__proto__": 1}'), allowed)).toThrow(TypeError);
    expect(() => checkOptions('sgd', { constructor: 1 }, allowed)).toThrow(/'constructor'/);
    expect(() => checkOptions('sgd', { toString: 1 }, allowed)).toThrow(/'toString'/);
  });
});

describe('checkChoice', () => {
  const kinds = ['mse', 'mae', 'huber'] as const;

  it('returns a known word', () => {
    expect(checkChoice('fit', 'loss', 'mae', kinds)).toBe('mae');
  });

  it('suggests the nearest word for an unknown one', () => {
    expect(() => checkChoice('fit', 'loss', 'hubert', kinds)).toThrow(
      new RangeError("fit: loss 'hubert' is unknown. Did you mean 'huber'?"),
    );
    expect(() => checkChoice('fit', 'loss', 'constructor', kinds)).toThrow(RangeError);
    expect(() => checkChoice('fit', 'loss', 3, kinds)).toThrow(
      new TypeError('fit: loss must be a string; got 3.'),
    );
  });
});

describe('checkNumber', () => {
  it.each([
    [0, { min: 0 }],
    [1, { max: 1 }],
    [0.5, { above: 0, below: 1 }],
    [-3, {}],
    [Number.MAX_SAFE_INTEGER, { integer: true }],
  ])('takes %d under %o', (value, rule) => {
    expect(checkNumber('f', 'x', value, rule)).toBe(value);
  });

  it.each([
    [NaN, {}, 'a finite number'],
    [Infinity, {}, 'a finite number'],
    [-1, { min: 0 }, 'a finite number, at least 0'],
    [0, { above: 0 }, 'a finite number, above 0'],
    [1, { min: 0, below: 1 }, 'a finite number, at least 0, below 1'],
    [1.5, { integer: true }, 'an integer'],
    [2 ** 53, { integer: true }, 'an integer'],
    [9, { integer: true, min: 1, max: 8 }, 'an integer from 1 to 8'],
  ])('refuses %d under %o', (value, rule, text) => {
    expect(() => checkNumber('f', 'x', value, rule)).toThrow(
      new RangeError(`f: x must be ${text}; got ${value}.`),
    );
  });

  it.each(['1', null, undefined, true, [1], 1n])('refuses %o, because it is no number', (value) => {
    expect(() => checkNumber('f', 'x', value)).toThrow(TypeError);
  });
});

describe('checkBoolean', () => {
  it('takes only true and false', () => {
    expect(checkBoolean('f', 'x', true)).toBe(true);
    expect(checkBoolean('f', 'x', false)).toBe(false);
    for (const value of [0, 1, 'true', null, undefined]) {
      expect(() => checkBoolean('f', 'x', value)).toThrow(TypeError);
    }
  });
});

describe('numbers for float32 kernels', () => {
  it('must follow their rule after rounding to float32', () => {
    expect(checkNumber('f', 'x', 1e38, { above: 0, float32: true })).toBe(1e38);
    for (const value of [1e39, 1e-50]) {
      expect(() => checkNumber('f', 'x', value, { above: 0, float32: true })).toThrow(
        new RangeError(
          `f: x must be a finite number, above 0, once rounded to float32; got ${value}.`,
        ),
      );
    }
    expect(() => checkNumber('f', 'x', -1, { above: 0, float32: true })).toThrow(
      new RangeError('f: x must be a finite number, above 0; got -1.'),
    );
  });
});

describe('readOptions', () => {
  interface Values {
    readonly rate: number;
    readonly nesterov: boolean;
    readonly mode: 'a' | 'b';
    readonly epochs?: number;
  }
  const rules = {
    rate: numberOption({ above: 0 }),
    nesterov: booleanOption(false),
    mode: choiceOption(['a', 'b'], 'a'),
    epochs: optional(numberOption({ integer: true })),
  } as const;
  const read = (options: unknown, prefix = ''): Values =>
    readOptions<Values>('f', options, rules, prefix);

  it('fills in defaults in the order of the table, and leaves out options without a default', () => {
    expect(JSON.stringify(read({ mode: 'b', rate: 1 }))).toBe(
      '{"rate":1,"nesterov":false,"mode":"b"}',
    );
    expect(read({ rate: 1, epochs: 3, nesterov: undefined })).toEqual({
      rate: 1,
      nesterov: false,
      mode: 'a',
      epochs: 3,
    });
  });

  it('refuses a value that breaks its rule, a missing option and an unknown option', () => {
    expect(() => read(undefined)).toThrow(
      new TypeError('f: rate must be a finite number, above 0; got undefined.'),
    );
    expect(() => read({ rate: 0 }, 'inner.')).toThrow(
      new RangeError('f: inner.rate must be a finite number, above 0; got 0.'),
    );
    expect(() => read({ rate: 1, nesterov: null })).toThrow(
      new TypeError('f: nesterov must be true or false; got null.'),
    );
    expect(() => read({ rate: 1, epochs: 1.5 })).toThrow(RangeError);
    expect(() => read({ rate: 1, mod: 'a' })).toThrow(/unknown option 'mod'. Did you mean 'mode'/);
  });

  it('reads inherited options, because it also checks them', () => {
    expect(read(Object.create({ rate: 2 }))).toMatchObject({ rate: 2 });
  });
});

describe('readByKind', () => {
  const factories = {
    sgd: (options: { rate?: number }) => ({ kind: 'sgd', rate: 0.1, ...options }),
  };
  const read = (value: unknown): unknown =>
    readByKind('fit', 'optimizer', value, factories, 'sgd(…)');

  it('passes all fields except the kind to the factory', () => {
    expect(read({ kind: 'sgd', rate: 2 })).toEqual({ kind: 'sgd', rate: 2 });
  });

  it.each([
    undefined,
    null,
    'sgd',
    [],
    {},
    { kind: 'adam' },
    { kind: 3 },
    { kind: 'constructor' },
    { kind: 'toString' },
  ])('refuses %o', (value) => {
    expect(() => read(value)).toThrow(TypeError);
    expect(() => read(value)).toThrow(/^fit: optimizer must be made by sgd\(…\); got /);
  });
});
