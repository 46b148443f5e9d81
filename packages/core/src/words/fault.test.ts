import { describe, expect, it } from 'vitest';
import { DataError, ModelFormatError, NonFiniteError, VinculumError } from './errors.ts';
import {
  backendError,
  carrying,
  dataError,
  faultFrom,
  faultOf,
  formatError,
  mustBe,
  printFault,
  rangeError,
  stateError,
  typeError,
  withReason,
  type Fault,
} from './fault.ts';

const FAULT = mustBe('fit', 'epochs', 'an integer', 1.5, ' Round it.');

describe('printFault', () => {
  it('prints the function, the subject, the rule, the value and the remedy', () => {
    expect(printFault(FAULT)).toBe('fit: epochs must be an integer; got 1.5. Round it.');
  });

  it.each<[Partial<Fault>, string]>([
    [{ where: '' }, 'epochs must be an integer; got 1.5. Round it.'],
    [
      { subject: '', rule: 'there must be rows', got: 0 },
      'fit: there must be rows; got 0. Round it.',
    ],
    [{ got: undefined, remedy: undefined }, 'fit: epochs must be an integer.'],
    [{ where: '', subject: '--epochs' }, '--epochs must be an integer; got 1.5. Round it.'],
  ])('leaves out what a fault has not: %o', (change, text) => {
    expect(printFault({ ...FAULT, ...change })).toBe(text);
  });
});

describe('mustBe', () => {
  it('shows the value', () => {
    expect(mustBe('f', 'x', 'a name', 'a\nb')).toEqual({
      where: 'f',
      subject: 'x',
      rule: 'must be a name',
      got: String.raw`'a\nb'`,
      remedy: '',
    });
  });
});

describe('errors that carry their fault', () => {
  it.each([
    [typeError(FAULT), TypeError, 'TypeError'],
    [rangeError(FAULT), RangeError, 'RangeError'],
    [dataError(FAULT), DataError, 'DataError'],
    [formatError(FAULT), ModelFormatError, 'ModelFormatError'],
    [backendError(FAULT), VinculumError, 'BackendUnavailableError'],
    [stateError('closed', FAULT), VinculumError, 'VinculumError'],
  ])('%o is of its class, prints the parts and hands them out', (error, kind, name) => {
    expect(error).toBeInstanceOf(kind);
    expect(error.name).toBe(name);
    expect(error.message).toBe(printFault(FAULT));
    expect(faultOf(error)).toEqual(FAULT);
    expect(Object.keys(error)).not.toContain('fault');
  });

  it('keep the properties of their class', () => {
    const cause = new Error('no memory');
    expect(rangeError(FAULT, { cause }).cause).toBe(cause);
    expect(dataError(FAULT, { row: 3, column: 'age' })).toMatchObject({ row: 3, column: 'age' });
    const site = { step: 1, layer: -1, tensor: 'loss', index: 0, value: NaN };
    const error = carrying(FAULT, (message) => new NonFiniteError(message, site));
    expect([error.site, faultOf(error)]).toEqual([site, FAULT]);
  });

  it('differ from other errors, whose message is taken as the rule', () => {
    const foreign = new Error('out of luck.');
    expect(faultOf(foreign)).toBeUndefined();
    expect(faultOf('text')).toBeUndefined();
    expect(printFault(faultFrom(foreign))).toBe('out of luck.');
  });
});

describe('withReason', () => {
  it('writes a fault as the reason of another fault, without the function that found it', () => {
    expect(printFault(withReason('load', "the file's network", 'must be valid', FAULT))).toBe(
      "load: the file's network must be valid; epochs must be an integer; got 1.5. Round it.",
    );
    expect(
      printFault(withReason('load', 'the file', 'must be valid', faultFrom(new Error('no.')))),
    ).toBe('load: the file must be valid; no.');
  });
});
