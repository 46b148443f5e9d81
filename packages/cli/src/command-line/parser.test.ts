import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Host } from '../host.ts';
import { defineCommand, type CommandRow, type RunCommand } from './definition.ts';
import { flagName } from './flag-name.ts';
import { argument, choice, list, text, toggle, whole, type Flags } from './flag.ts';
import { buildParser, loadNamed } from './parser.ts';

interface PaintPlan {
  readonly wall: string;
  readonly colour: 'red' | 'blue';
  readonly coats: number;
  readonly brushSize?: number | undefined;
  readonly skip: readonly string[];
  readonly dry: boolean;
  readonly painter?: string | undefined;
}

const flags: Flags<PaintPlan> = {
  wall: argument({ help: 'what to paint' }),
  colour: choice(['red', 'blue'], { word: 'name', help: 'of the paint', default: 'red' }),
  coats: whole({ min: 1, word: 'n', help: 'how many coats', default: 2, example: '2' }),
  brushSize: whole({
    min: 1,
    also: 'bs',
    word: 'mm',
    help: 'of the brush',
    defaultText: 'as wide as the wall',
    example: '40',
  }),
  skip: list({ word: 'part', help: 'not this', default: [] }),
  dry: toggle({ short: 'd', help: 'no paint at all' }),
  painter: null,
};

/** Runs a command line, and gives the plan that the command received. */
async function planOf(words: readonly string[]): Promise<unknown> {
  let plan: unknown;
  const parser = await parserOf(async (given) => {
    plan = given;
    return 0;
  });
  await parser.parseAsync([...words], { from: 'user' });
  return plan;
}

async function parserOf(run: RunCommand<PaintPlan>): Promise<ReturnType<typeof buildParser>> {
  const row = defineCommand<PaintPlan>({
    name: 'paint',
    summary: 'paint a wall',
    line: async () => ({ commandLine: { example: 'vinculum paint wall', flags } }),
    run: async () => run,
  });
  const stream = {
    write: () => undefined,
    drained: async () => undefined,
    settled: async () => 'written' as const,
    isTerminal: false,
    columns: 100,
  };
  const host: Host = {
    stdout: stream,
    stderr: stream,
    stdin: (async function* empty() {})(),
    environment: {},
    now: () => 0,
    date: () => new Date(0),
    onStop: () => () => undefined,
  };
  return buildParser([row], await loadNamed([row], ['paint']), host, () => undefined);
}

describe('Flags', () => {
  test('needs a row for every key of the plan, of the right type', () => {
    expectTypeOf<Omit<typeof flags, 'coats'>>().not.toExtend<Flags<PaintPlan>>();
    expectTypeOf<Omit<typeof flags, 'painter'>>().not.toExtend<Flags<PaintPlan>>();
    const word = text({ word: 'x', help: 'x' });
    expectTypeOf<Record<'coats', typeof word>>().not.toExtend<Pick<Flags<PaintPlan>, 'coats'>>();
  });

  test('needs no default only for a key that may be empty', () => {
    const bounds = { min: 1, word: 'n', help: 'x', example: '1' } as const;
    const bare = whole(bounds);
    const withDefault = whole({ ...bounds, default: 1 });
    expectTypeOf<Record<'coats', typeof bare>>().not.toExtend<Pick<Flags<PaintPlan>, 'coats'>>();
    expectTypeOf<Record<'coats', typeof withDefault>>().toExtend<Pick<Flags<PaintPlan>, 'coats'>>();
    expectTypeOf<Record<'coats', null>>().not.toExtend<Pick<Flags<PaintPlan>, 'coats'>>();
    expectTypeOf<Record<'brushSize', typeof bare>>().toExtend<
      Pick<Flags<PaintPlan>, 'brushSize'>
    >();
  });
});

describe('a plan', () => {
  test('has the default of every flag that the command line does not name', async () => {
    expect(await planOf(['paint', 'north'])).toEqual({
      wall: 'north',
      colour: 'red',
      coats: 2,
      skip: [],
      dry: false,
    });
  });

  test('has the values of the command line, in any order', async () => {
    const words = ['-d', '--bs', '40', 'north', '--colour=BLUE', '--coats', '3'];
    expect(await planOf(['paint', ...words])).toEqual({
      wall: 'north',
      colour: 'blue',
      coats: 3,
      brushSize: 40,
      skip: [],
      dry: true,
    });
  });

  test('joins the values of a repeated flag', async () => {
    const plan = await planOf(['paint', 'north', '--skip', 'door', '--skip', 'window']);
    expect(plan).toMatchObject({ skip: ['door', 'window'] });
  });

  test('is not made if a flag does not accept its word', async () => {
    await expect(planOf(['paint', 'north', '--coats', '0'])).rejects.toThrow(
      "--coats must be an integer, at least 1; got '0'.",
    );
    await expect(planOf(['paint', 'north', '--colour', 'green'])).rejects.toThrow(
      "--colour must be one of red and blue; got 'green'.",
    );
  });
});

describe('help', () => {
  const help = async (): Promise<string> =>
    (await parserOf(async () => 1)).commands[0]!.helpInformation();

  test.each([
    /^Usage: vinculum paint \[options\] <wall>$/m,
    /^ {2}wall +what to paint$/m,
    /^ {2}--colour <name> +of the paint: red, blue \(default: red\)$/m,
    /^ {2}--coats <n> +how many coats \(default: 2\)$/m,
    /^ {2}--bs, --brush-size <mm> +of the brush \(default: as wide as the wall\)$/m,
    /^ {2}-d, --dry +no paint at all$/m,
  ])('has the line %s', async (line) => {
    expect(await help()).toMatch(line);
  });

  test('does not mention a key without a flag', async () => {
    expect(await help()).not.toMatch(/painter/);
  });
});

test('the name of a flag is that of the key that it fills', () => {
  expect(flagName('learningRate')).toBe('--learning-rate');
  expect(flagName('l2')).toBe('--l2');
});

test('only the named command is loaded', async () => {
  const loaded: string[] = [];
  const row = (name: string): CommandRow =>
    defineCommand<object>({
      name,
      summary: name,
      line: async () => {
        loaded.push(name);
        return { commandLine: { example: '', flags: {} } };
      },
      run: async () => {
        throw new Error('nothing runs here');
      },
    });
  const found = await loadNamed([row('one'), row('two')], ['help', 'two']);
  expect(loaded).toEqual(['two']);
  expect([...found.keys()]).toEqual(['two']);
});
