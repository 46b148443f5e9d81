/** Makes the facts of a model from its networks: layers, equations and the numbers of its parameters. */
import { traceStep, type Loss, type Network, type Optimizer, type TracedQuantity } from 'vinculum';
import { kindOf, layoutOf, lossFacts } from 'vinculum/internal';
import type { EquationFacts, LayerFacts, ModelFacts } from '../record/model-facts.ts';

/** What the networks of a model have in common. */
type NetworkFacts = Pick<
  ModelFacts,
  'inputs' | 'members' | 'layers' | 'output' | 'parameters' | 'bytes' | 'operations' | 'equations'
>;

/**
 * The facts of networks that have the same layers.
 *
 * @param networks - at least one
 * @param how - the loss and the optimiser by which they were trained; both have equations
 */
export function describeNetworks(
  networks: readonly [Network, ...Network[]],
  how: { readonly loss: Loss; readonly optimizer?: Optimizer },
): NetworkFacts {
  const [network] = networks;
  const { spec } = network;
  const layers = layoutOf(spec).layers.map(({ layer, inputs, outputs, parameters }): LayerFacts => {
    const kind = kindOf(layer);
    return {
      title: kind.title(layer),
      kind: layer.kind,
      ...('activation' in layer ? { activation: layer.activation.kind } : {}),
      inputs,
      outputs,
      parameters: parameters.reduce((sum, { size }) => sum + size, 0),
      operations: kind.operations(layer, inputs),
    };
  });
  const parameters = networks.reduce((sum, one) => sum + one.parameterCount, 0);
  return {
    inputs: spec.inputs,
    members: networks.length,
    layers,
    output: spec.output ?? 'identity',
    parameters,
    bytes: parameters * (spec.dtype === 'float64' ? 8 : 4),
    operations: layers.reduce((sum, { operations }) => sum + operations, 0),
    equations: equationsOf(network, how),
  };
}

/** The equations of one step on one row, as the trace writes them; the row itself is zeros, because only the formulas are kept. */
function equationsOf(
  network: Network,
  { loss, optimizer }: { readonly loss: Loss; readonly optimizer?: Optimizer },
): EquationFacts[] {
  const { spec } = network;
  const { outputs } = layoutOf(spec);
  const isClass = lossFacts(loss.kind).targets === 'class';
  const quantities = traceStep(
    network,
    [Array.from({ length: spec.inputs }, () => 0)],
    isClass ? [0] : [Array.from({ length: outputs }, () => 0)],
    { loss, ...(optimizer === undefined ? {} : { optimizer }) },
  );
  const end = (name: string): number => quantities.findIndex((one) => one.name === name);
  const [loss1, update] = [end('LBar'), end('gradientNorm')];
  const first = quantities[0]?.name ?? '';
  const groups: readonly [EquationFacts['group'], readonly TracedQuantity[]][] = [
    ['prediction', quantities.slice(0, loss1 - 1)],
    ['loss', quantities.slice(loss1 - 1, loss1)],
    ['gradient', quantities.slice(loss1, update)],
    // Every parameter is updated in the same way, so one of them is enough.
    ['update', quantities.slice(update).filter(({ name }) => !isOfOther(name, first, quantities))],
  ];
  return groups.flatMap(([group, some]) =>
    some
      .filter(({ latex }) => latex.includes(' = '))
      .map(({ latex, equation }) => ({ group, number: String(equation), latex })),
  );
}

/** Whether a quantity of the update belongs to another parameter than the first one. */
function isOfOther(name: string, first: string, quantities: readonly TracedQuantity[]): boolean {
  const end = quantities.findIndex(({ name: one }) => one === 'x');
  return quantities
    .slice(0, end)
    .some(({ name: one }) => one !== first && new RegExp(`^${one}[A-Z]`).test(name));
}
