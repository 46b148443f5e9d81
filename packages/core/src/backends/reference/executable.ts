/**
 * A Program bound to memory: every op of every phase becomes one call, and a phase runs its calls in order.
 */
import type { Op, Phase, Program } from '../../program/program.ts';
import type { HostExecutable, TensorView } from '../contract.ts';
import { activate, activationAdjoint } from './activation.ts';
import { dense, denseInputAdjoint, denseWeightAdjoint, packWeights } from './dense.ts';
import { dropout } from './dropout.ts';
import { gather } from './gather.ts';
import { loss, lossAdjoint } from './loss.ts';
import { Memory, type Run } from './memory.ts';
import { sumOfSquares } from './norm.ts';
import { output } from './output.ts';
import { scale } from './scale.ts';
import { update } from './update.ts';

export class ReferenceExecutable implements HostExecutable {
  readonly device = 'host';
  readonly program: Program;
  readonly scalars: Float64Array;
  readonly #phases: Readonly<Record<Phase, readonly Run[]>>;
  #memory: Memory | undefined;

  constructor(program: Program) {
    const memory = new Memory(program);
    const bindAll = (phase: Phase): Run[] => program.phases[phase].map((op) => bind(op, memory));
    this.program = program;
    this.scalars = memory.scalars;
    this.#memory = memory;
    this.#phases = {
      prepare: bindAll('prepare'),
      forward: bindAll('forward'),
      backward: bindAll('backward'),
      check: bindAll('check'),
      update: bindAll('update'),
      evaluate: bindAll('evaluate'),
    };
  }

  view(name: string): TensorView {
    return this.#open().view(name);
  }

  run(phase: Phase): void {
    this.#open();
    for (const run of this.#phases[phase]) run();
  }

  close(): void {
    this.#memory = undefined;
  }

  #open(): Memory {
    if (this.#memory === undefined) throw new Error('internal: the executable is closed.');
    return this.#memory;
  }
}

function bind(op: Op, memory: Memory): Run {
  switch (op.kind) {
    case 'gather':
      return gather(op, memory);
    case 'packWeights':
      return packWeights(op);
    case 'dense':
      return dense(op, memory);
    case 'activation':
      return activate(op, memory);
    case 'dropout':
    case 'dropoutAdjoint':
      return dropout(op, memory);
    case 'output':
      return output(op, memory);
    case 'loss':
      return loss(op, memory);
    case 'lossAdjoint':
      return lossAdjoint(op, memory);
    case 'denseWeightAdjoint':
      return denseWeightAdjoint(op, memory);
    case 'denseInputAdjoint':
      return denseInputAdjoint(op, memory);
    case 'activationAdjoint':
      return activationAdjoint(op, memory);
    case 'sumOfSquares':
      return sumOfSquares(op, memory);
    case 'update':
      return update(op, memory);
    case 'scale':
      return scale(op, memory);
    default:
      return op satisfies never;
  }
}
