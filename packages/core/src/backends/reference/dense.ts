/**
 * The matrix ops: a dense layer forward, and the adjoints of its parameters and of its input. Rows are data
 * points; W is (fanOut × fanIn). Letters: n a row of the batch, i an input unit, o an output unit.
 */
import type { DenseInputAdjointOp, DenseOp, DenseWeightAdjointOp } from '../../program/program.ts';
import { activationDerivative, activationValue } from './activation.ts';
import { columnsOf } from '../contract.ts';
import type { Memory, Run } from './memory.ts';

/** The reference reads W itself; there is nothing to pack. */
export function packWeights(): Run {
  return () => undefined;
}

/** m = x Wᵀ + b, h = φ(m): eq. (1), (2), (3) for a point, eq. (6), (7), (8) for a batch. */
export function dense(op: DenseOp, memory: Memory): Run {
  const { out, preActivation, input, weight, bias } = memory.of(op);
  const fanIn = columnsOf(op.input);
  const fanOut = columnsOf(op.out);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      for (let o = 0; o < fanOut; o++) {
        let m = 0;
        for (let i = 0; i < fanIn; i++) m += input[n * fanIn + i]! * weight[o * fanIn + i]!;
        if (bias !== undefined) m += bias[o]!;
        if (preActivation !== undefined) preActivation[n * fanOut + o] = m;
        out[n * fanOut + o] = activationValue(op.activation, m);
      }
    }
  };
}

/**
 * W̄ = z̄ᵀ x and b̄ = Σₙ z̄: eq. (14), (15) and eq. (17), (18) for a point, eq. (21), (22) and eq. (24), (25)
 * for a batch. Overwrites.
 */
export function denseWeightAdjoint(op: DenseWeightAdjointOp, memory: Memory): Run {
  const { weightBar, biasBar, outBar, input } = memory.of(op);
  const fanIn = columnsOf(op.input);
  const fanOut = columnsOf(op.outBar);
  return () => {
    for (let o = 0; o < fanOut; o++) {
      for (let i = 0; i < fanIn; i++) {
        let sum = 0;
        for (let n = 0; n < memory.rows(); n++) {
          sum += outBar[n * fanOut + o]! * input[n * fanIn + i]!;
        }
        weightBar[o * fanIn + i] = sum;
      }
      if (biasBar === undefined) continue;
      let sum = 0;
      for (let n = 0; n < memory.rows(); n++) sum += outBar[n * fanOut + o]!;
      biasBar[o] = sum;
    }
  };
}

/** x̄ = z̄ W: eq. (13), (20); if fused, times φ′ of the layer below, eq. (16), (23). */
export function denseInputAdjoint(op: DenseInputAdjointOp, memory: Memory): Run {
  const { inputBar, outBar, weight, source } = memory.of(op);
  const fanIn = columnsOf(op.inputBar);
  const fanOut = columnsOf(op.outBar);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      for (let i = 0; i < fanIn; i++) {
        let sum = 0;
        for (let o = 0; o < fanOut; o++) sum += outBar[n * fanOut + o]! * weight[o * fanIn + i]!;
        if (op.activation !== undefined && source !== undefined) {
          sum *= activationDerivative(op.activation, source[n * fanIn + i]!);
        }
        inputBar[n * fanIn + i] = sum;
      }
    }
  };
}
