/**
 * `vinculum doctor`: everything one is asked for when something does not work: versions, the machine, which
 * backends there are and why others are not, the settings, and a small run that must give the same bits twice.
 */
import { arch, platform, release } from 'node:os';
import { renderPairs, plainText } from '@vinculum/report';
import { adam, dense, fit, network, registeredBackends, type Backend } from 'vinculum';
import { BACKEND_NAMES, fusedGain } from 'vinculum/internal';
import type { JsonPlan } from '../../command-line/common-flags.ts';
import { chooseCompute } from '../../compute.ts';
import { EXIT, failureOf } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { writeJson } from '../../messages.ts';
import { styleFor } from '../../rendering/colour.ts';
import { widthOf } from '../../rendering/width.ts';
import { commandVersion, libraryVersion } from '../../version.ts';
import { describeProcessors, findProcessors } from '../../processors.ts';

const VARIABLES = [
  'VINCULUM_BACKEND',
  'VINCULUM_ISA',
  'VINCULUM_NUMERICS',
  'VINCULUM_THREADS',
  'NO_COLOR',
  'FORCE_COLOR',
];

/** What the doctor found out about a backend. */
interface BackendReport {
  readonly name: string;
  readonly available: boolean;
  /** What computes, or why it does not. */
  readonly detail: string;
  /** Whether the small test run succeeded; absent if the backend is not available. */
  readonly selfTest?: 'passed' | 'failed';
  /** What `--numerics fused` would give; absent where it makes no difference. */
  readonly fused?: FusedReport;
}

/** Fused numerics on a backend. */
interface FusedReport {
  /** How many times as fast the matrix products are, measured now; absent if they cannot be had. */
  readonly gain?: number;
  /** Why they cannot be had. */
  readonly fault?: string;
}

/** Runs the command. */
export async function doctor({ json }: JsonPlan, host: Host): Promise<number> {
  const backends = await Promise.all(BACKEND_NAMES.map(examine));
  const problem = settingsProblem(host);
  const healthy = problem === undefined && backends.every((one) => one.selfTest !== 'failed');
  if (json) {
    writeJson({ ...documentOf(backends, healthy, host), problem }, host);
  } else {
    print(backends, problem, host);
  }
  return healthy ? EXIT.ok : EXIT.failed;
}

/** Why the backend that the environment asks for cannot be used. */
function settingsProblem(host: Host): string | undefined {
  try {
    chooseCompute({}, host);
    return undefined;
  } catch (error) {
    return failureOf(error).message;
  }
}

async function examine(name: string): Promise<BackendReport> {
  const backend = registeredBackends().find((one) => one.name === name);
  if (backend === undefined) {
    return { name, available: false, detail: 'not part of this installation' };
  }
  const fault = backend.unavailable();
  if (fault !== undefined) return { name, available: false, detail: fault };
  const detail = backend.describe().replace(`${name}: `, '');
  const selfTest = await runSelfTest(backend);
  const fused = examineFused(backend);
  return { name, available: true, detail, selfTest, ...(fused && { fused }) };
}

/** Measures the products of both numerics. The reference has no fused products, because it computes both in float64. */
function examineFused(backend: Backend): FusedReport | undefined {
  if (backend.precision === 'float64') return undefined;
  const gain = fusedGain(backend);
  if (gain !== undefined) return { gain: Math.round(gain * 100) / 100 };
  return { fault: backend.fused?.unavailable() ?? 'it has none.' };
}

/** One line about fused numerics. */
function fusedLine({ gain, fault }: FusedReport): string {
  return gain === undefined
    ? `not available: ${fault ?? ''}`
    : `matrix products ${gain.toFixed(2)} times as fast as portable ones, by a short measurement`;
}

/** Exclusive or, learned from scratch: it must be learned, and twice with the same bits. */
async function runSelfTest(backend: Backend): Promise<'passed' | 'failed'> {
  const x = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const run = async (): Promise<string> => {
    const net = network({
      inputs: 2,
      layers: [dense(8, { activation: 'tanh' }), dense(2)],
      seed: 1,
    });
    await fit(
      net,
      { x, y: [0, 1, 1, 0] },
      {
        loss: 'softmax-cross-entropy',
        optimizer: adam({ learningRate: 0.05 }),
        epochs: 200,
        batchSize: 4,
        backend: backend.name,
      },
    );
    const { data } = net.predict(x);
    const right = [0, 1, 1, 0].every((label, row) => (data[row * 2 + label] ?? 0) > 0.5);
    return right ? [...net.parameters().values()].map((values) => values.join()).join(';') : '';
  };
  const [first, second] = [await run(), await run()];
  return first !== '' && first === second ? 'passed' : 'failed';
}

function machine(): [string, string][] {
  return [
    ['vinculum', `${libraryVersion()} (command ${commandVersion()})`],
    ['node', `${process.versions.node} (V8 ${process.versions.v8})`],
    ['system', `${platform()} ${release()} ${arch()}`],
    ['processor', describeProcessors(findProcessors())],
  ];
}

function documentOf(backends: readonly BackendReport[], healthy: boolean, host: Host): object {
  const processors = findProcessors();
  return {
    schema: 'vinculum.doctor/1',
    healthy,
    versions: {
      vinculum: libraryVersion(),
      cli: commandVersion(),
      node: process.versions.node,
      v8: process.versions.v8,
    },
    system: { platform: platform(), release: release(), arch: arch() },
    processor: processors.model,
    threads: processors.counted,
    processors,
    backends,
    environment: Object.fromEntries(
      VARIABLES.flatMap((name) => {
        const value = host.environment[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
}

function print(backends: readonly BackendReport[], problem: string | undefined, host: Host): void {
  const failed = backends.some((one) => one.selfTest === 'failed');
  const style = styleFor(host.stdout, host.environment);
  const lines = backends.map((one): [string, string] => [
    one.name,
    one.available
      ? `${one.detail}; self-test ${one.selfTest ?? 'not run'}`
      : `not available: ${one.detail}`,
  ]);
  const numerics = backends.flatMap(({ name, fused }): [string, string][] =>
    fused === undefined ? [] : [[name, fusedLine(fused)]],
  );
  const used = backends.find((one) => one.available)?.name ?? 'none';
  const settings = VARIABLES.map((name): [string, string] => [
    name,
    host.environment[name] ?? 'not set',
  ]);
  const width = widthOf(host.stdout);
  host.stdout.write(
    [
      style.bold('Versions'),
      renderPairs(machine(), width),
      '',
      style.bold(`Backends (auto uses ${used})`),
      renderPairs(lines, width),
      '',
      style.bold('Numerics (--numerics fused)'),
      renderPairs(numerics, width),
      '',
      style.bold('Settings'),
      renderPairs(settings, width),
      '',
      ...(failed ? [style.red('The self-test failed: results cannot be trusted here.')] : []),
      ...(problem === undefined
        ? []
        : [style.red(`The settings do not work here: ${plainText(problem)}`)]),
      ...(failed || problem !== undefined ? [] : [style.green('All is well.')]),
      '',
    ].join('\n'),
  );
}
