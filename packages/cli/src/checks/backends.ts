/**
 * The backends of this machine: their gradients against the reference in float64, the same bits from the same
 * seed, and a batch that gives the bits of its rows.
 */
import {
  backward,
  dense,
  dropout,
  fit,
  network,
  predictor,
  registeredBackends,
  type Backend,
  type BackendChoice,
  type Network,
  type Numerics,
} from 'vinculum';
import { runCheck, WorstError, type CheckResult } from './check-result.ts';

const ROWS = 50;
const INPUTS = 37;
const CLASSES = 7;

/** Rounding of float32 through four layers, relative to the gradient's size; measured 4e-7. */
const FLOAT32_TOLERANCE = 1e-5;

/** The checks of every backend that works here, or of the one that was chosen. */
export async function checkBackends(choice: BackendChoice): Promise<CheckResult[]> {
  const working = registeredBackends().filter(
    (backend) =>
      backend.unavailable() === undefined && (choice === 'auto' || backend.name === choice),
  );
  const results: CheckResult[] = [];
  for (const backend of working.flatMap(inEveryNumerics)) {
    if (backend.precision === 'float32') results.push(checkAgainstReference(backend));
    results.push(await checkSameBits(backend), checkBatchInvariance(backend));
  }
  return results;
}

/** A backend, and the same in fused numerics where this machine has them and they are not the reference's. */
function inEveryNumerics(backend: Backend): readonly Backend[] {
  const { fused, precision } = backend;
  const works = fused !== undefined && fused.unavailable() === undefined;
  return works && precision === 'float32' ? [backend, fused] : [backend];
}

/** What a check runs on, as options of the library. */
function runOn({ name, numerics = 'portable' }: Backend): {
  readonly backend: string;
  readonly numerics: Numerics;
} {
  return { backend: name, numerics };
}

/** The name of a backend in the report. */
function nameOf({ name, numerics }: Backend): string {
  return numerics === 'fused' ? `${name}, fused` : name;
}

function sample(): {
  readonly x: { data: Float32Array; shape: [number, number] };
  readonly y: Int32Array;
} {
  const data = Float32Array.from(
    { length: ROWS * INPUTS },
    (_, index) => ((index * 0.618034) % 1) * 4 - 2,
  );
  return {
    x: { data, shape: [ROWS, INPUTS] },
    y: Int32Array.from({ length: ROWS }, (_, row) => (row * 5) % CLASSES),
  };
}

function freshNetwork(): Network {
  return network({
    inputs: INPUTS,
    layers: [
      dense(33, { activation: 'relu' }),
      dropout(0.25),
      dense(17, { activation: 'tanh' }),
      dense(CLASSES),
    ],
    seed: 3,
  });
}

function checkAgainstReference(backend: Backend): CheckResult {
  return runCheck(`${nameOf(backend)}: gradients against the reference`, () => {
    const { x, y } = sample();
    const loss = 'softmax-cross-entropy';
    const net = freshNetwork();
    const own = backward(net, x, y, { loss, ...runOn(backend) });
    const exact = backward(net, x, y, { loss, backend: 'reference' });
    const worst = new WorstError();
    worst.see('the loss', own.loss, exact.loss);
    for (const [name, values] of exact.gradients) {
      let norm = 0;
      let difference = 0;
      values.forEach((value, index) => {
        const error = value - (own.gradients.get(name)?.[index] ?? NaN);
        norm += value * value;
        difference += error * error;
      });
      worst.see(name, norm === 0 ? Infinity : Math.sqrt(difference / norm), 0);
    }
    return { passed: worst.error <= FLOAT32_TOLERANCE, detail: worst.describe() };
  });
}

async function checkSameBits(backend: Backend): Promise<CheckResult> {
  const { x, y } = sample();
  const run = async (): Promise<Network> => {
    const net = freshNetwork();
    await fit(
      net,
      { x, y },
      {
        loss: 'softmax-cross-entropy',
        epochs: 5,
        batchSize: 16,
        ...runOn(backend),
      },
    );
    return net;
  };
  const [first, second] = [await run(), await run()];
  return runCheck(`${nameOf(backend)}: one seed, the same bits twice`, () => {
    const again = second.parameters();
    const fresh = freshNetwork().parameters();
    let moved = 0;
    const same = [...first.parameters()].every(([name, values]) => {
      if (values.some((value, index) => value !== fresh.get(name)?.[index])) moved++;
      return values.every((value, index) => Object.is(value, again.get(name)?.[index]));
    });
    return {
      passed: same && moved === fresh.size,
      detail: same ? `${first.parameterCount} parameters after 5 epochs` : 'the bits differ',
    };
  });
}

function checkBatchInvariance(backend: Backend): CheckResult {
  return runCheck(`${nameOf(backend)}: a batch gives the bits of its rows`, () => {
    const { x } = sample();
    const fast = predictor(freshNetwork(), {
      maxRows: ROWS,
      ...runOn(backend),
    });
    const { data } = fast.predict(x);
    for (let row = 0; row < ROWS; row++) {
      const alone = fast.predict({
        data: x.data.slice(row * INPUTS, (row + 1) * INPUTS),
        shape: [1, INPUTS],
      }).data;
      const same = alone.every((value, column) => Object.is(value, data[row * CLASSES + column]));
      if (!same) return { passed: false, detail: `row ${row + 1} differs` };
    }
    return { passed: true, detail: `${ROWS} rows` };
  });
}
