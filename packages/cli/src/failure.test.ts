/** The command makes its own message for an error of the library, from the parts of the error and not from its message. */
import { describe, expect, it } from 'vitest';
import { dense, fit, network } from 'vinculum';
import { dataError, rangeError, type Fault } from 'vinculum/internal';
import { EXIT, failureOf } from './failure.ts';

const FAULT: Fault = {
  where: 'read table: now',
  subject: "'x.csv'",
  rule: 'must be UTF-8 text',
  got: 'bytes: 0xff',
  remedy: ' Save it as UTF-8.',
  remedyInCode: " Or read it with `encoding: 'windows-1252'`.",
};

describe('failureOf', () => {
  it('leaves out the function and the remedy that only a program can use, and gives the remedy as the hint', () => {
    const error = dataError(FAULT);
    expect(error.message).toContain('read table: now: ');
    expect(error.message).toContain("`encoding: 'windows-1252'`.");
    const failure = failureOf(error);
    expect(failure.message).toBe("'x.csv' must be UTF-8 text; got bytes: 0xff.");
    expect(failure.hint).toBe('save it as UTF-8');
    expect([failure.exitCode, failure.code, failure.cause]).toEqual([EXIT.data, 'data', error]);
  });

  it('keeps the remedy in the message where a cell must be corrected', () => {
    const failure = failureOf(dataError(FAULT, { row: 3 }));
    expect(failure.message).toBe("'x.csv' must be UTF-8 text; got bytes: 0xff. Save it as UTF-8.");
    expect(failure.hint).toBe('correct the file there and run the command again');
  });

  it('keeps the whole message of an error without parts', () => {
    expect(failureOf(new Error('internal: no tensor')).message).toBe('internal: no tensor');
    expect(failureOf(new Error('word: other')).message).toBe('word: other');
    expect(failureOf('text').message).toBe('text');
  });

  it('is right for an error that the library really throws', async () => {
    const net = network({ inputs: 1, layers: [dense(1)] });
    const training = fit(net, { x: [[1]], y: [1] }, { loss: 'mse', epochs: -1 });
    const error: unknown = await training.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RangeError);
    expect(failureOf(error).message).toBe('epochs must be an integer, at least 0; got -1.');
    expect(failureOf(rangeError({ ...FAULT, subject: 'rate' })).exitCode).toBe(EXIT.failed);
  });
});
