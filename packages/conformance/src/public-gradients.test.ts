/**
 * The gradients that users get from `backward`, `trainer` and `checkGradients` equal those of the Programs that the other
 * tests here compare with their oracles. The cases are the random networks, with row weights, label smoothing and dropout.
 */
import { describe, expect, it } from 'vitest';
import {
  backward,
  checkGradients,
  type LossOption,
  type Network,
  network,
  type ParameterMap,
  registeredBackends,
  trainer,
} from 'vinculum';
import { lossFacts, layoutOf, referenceBackend } from 'vinculum/internal';
import { differingBits } from './faults.ts';
import { randomCase } from './random-network.ts';
import { Step, type Case } from './step.ts';
import { inFloat32 } from './suite-networks.ts';

const CASES = 20;

/** The arguments that a user would write for a case. */
interface Written {
  readonly net: Network;
  readonly x: { data: Float64Array; shape: [number, number] };
  readonly y: number[] | { data: Float64Array; shape: [number, number] };
  readonly loss: LossOption;
  readonly sampleWeights?: Float64Array;
}

function written(one: Case, dtype: 'float32' | 'float64'): Written {
  const { spec, rows, target, loss } = one;
  const layout = layoutOf(spec);
  const net = network({ ...spec, dtype });
  net.setParameters(
    new Map(
      layout.parameters.map(({ name, offset, size }) => [
        name,
        one.parameters.subarray(offset, offset + size),
      ]),
    ),
  );
  const { kind } = loss;
  const { parameter } = lossFacts(kind);
  return {
    net,
    x: { data: one.x, shape: [rows, spec.inputs] },
    y:
      target instanceof Int32Array
        ? Array.from(target)
        : { data: target, shape: [rows, layout.outputs] },
    loss: { kind, ...(parameter && { [parameter]: loss[parameter] }) },
    ...(one.rowWeights && { sampleWeights: one.rowWeights }),
  };
}

/** All weights, then all biases. */
function flat(gradients: ParameterMap): number[] {
  return [...gradients.values()].flatMap((values) => [...values]);
}

/** A random case at step 1, because a trainer begins there. */
function caseOf(index: number): Case & { description: string } {
  return { ...randomCase(index), step: 1 };
}

describe('public gradients, eq. (11)–(25)', () => {
  it('backward in float64 has the same bits as the Program on the reference', () => {
    const faults: string[] = [];
    for (let index = 0; index < CASES; index++) {
      const one = caseOf(index);
      const { net, x, y, loss, ...weights } = written(one, 'float64');
      const found = backward(net, x, y, { loss, seed: one.seed, step: one.step, ...weights });
      const step = new Step(referenceBackend, one);
      faults.push(...differingBits(one.description, flat(found.gradients), step.gradient()));
      faults.push(...differingBits(`${one.description}: loss`, [found.loss], [step.loss()]));
      step.close();
    }
    expect(faults).toEqual([]);
  });

  it.each(registeredBackends().filter((one) => one.unavailable() === undefined))(
    'a trainer on $name has the same bits as backward',
    ({ name: backend, precision }) => {
      const faults: string[] = [];
      for (let index = 0; index < CASES; index++) {
        const one = inFloat32(caseOf(index));
        const { net, x, y, loss, ...weights } = written(one, precision);
        const expected = backward(net, x, y, {
          loss,
          seed: one.seed,
          step: 1,
          backend,
          ...weights,
        });
        const steps = trainer(net, { loss, seed: one.seed, batchSize: 64, backend });
        steps.runPhase('forward', { x, y, ...weights });
        const result = steps.runPhase('backward');
        const gradients = steps.gradients();
        steps.close();
        faults.push(...differingBits(`case ${index}`, flat(gradients), flat(expected.gradients)));
        faults.push(...differingBits(`case ${index}: loss`, [result.loss], [expected.loss]));
      }
      expect(faults).toEqual([]);
    },
  );

  it('checkGradients passes on random networks', () => {
    const faults: string[] = [];
    for (let index = 0; index < CASES; index++) {
      const one = caseOf(index);
      const { net, x, y, loss, ...weights } = written(one, 'float64');
      const found = checkGradients(net, x, y, {
        loss,
        seed: one.seed,
        maxElements: 300,
        ...weights,
      });
      const fine = found.passed && found.relativeNorm < 1e-9 && found.checked > found.skipped;
      if (!fine) faults.push(`${one.description}: ${JSON.stringify(found)}`);
    }
    expect(faults).toEqual([]);
  });
});
