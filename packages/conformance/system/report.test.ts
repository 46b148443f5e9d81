/**
 * The reports of real runs in a real browser: no fault in the console, nothing that is asked for, no serious fault for axe, nothing wider than the
 * page, and a record that can be saved. The command makes them, from the shipped tables and from one with a planted leak.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds; `axe.min.js` puts the function on the window. */
interface Finding {
  readonly id: string;
  readonly impact: string | null;
}
declare const axe: { run(root: unknown): Promise<{ readonly violations: readonly Finding[] }> };

const folder = mkdtempSync(join(tmpdir(), 'vinculum-report-'));
let browser: Browser;

/** Trains by the command. @returns the path of the report */
function reportOf(name: string, ...options: readonly string[]): string {
  const output = join(folder, name);
  execFileSync(
    process.execPath,
    [join(ROOT, 'packages/cli/bin/vinculum.js'), 'train', ...options, '-q', '-o', output],
    { cwd: ROOT },
  );
  return join(output, 'report.html');
}

/** A table in which `paid` says the same as the target. */
function leakedTable(): string {
  const path = join(folder, 'leak.csv');
  const lines = Array.from({ length: 120 }, (_, row) => {
    const label = (row * 7) % 3 === 0 ? 'yes' : 'no';
    return `${(row * 37) % 11},${label === 'yes' ? 'P' : 'N'},${label}`;
  });
  writeFileSync(path, `x,paid,y\n${lines.join('\n')}\n`);
  return path;
}

const REPORTS = [
  ['penguins', ['examples/data/penguins.csv', '-t', 'species', '--preset', 'fast']],
  ['digits', ['examples/data/digits.csv', '-t', 'digit', '--preset', 'fast']],
  ['body-mass', ['examples/data/penguins.csv', '-t', 'body_mass_g', '--preset', 'fast']],
] as const;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['VINCULUM_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  /** What the console said, and what was asked for beside the file itself. */
  readonly faults: string[];
}

async function open(path: string, width: number, colorScheme: 'light' | 'dark'): Promise<Opened> {
  // Only with this may the test itself put axe into the page.
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme,
    bypassCSP: true,
  });
  const faults: string[] = [];
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith('data:') && url !== pathToFileURL(path).href) faults.push(url);
  });
  await page.goto(pathToFileURL(path).href);
  return { page, faults };
}

describe.each(REPORTS)('the report of %s', (name, options) => {
  let path: string;
  beforeAll(() => {
    path = reportOf(name, ...options);
  });

  test('is smaller than 1.5 MB', () => {
    expect(statSync(path).size).toBeLessThan(1_500_000);
  });

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('at %i pixels, %s, has no fault', async (width, scheme) => {
    const { page, faults } = await open(path, width, scheme);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await page.evaluate(() => {
      for (const one of document.querySelectorAll('details')) one.open = true;
    });
    await page.addScriptTag({ path: AXE });
    const { violations } = await page.evaluate(() => axe.run(document));
    await page.close();
    const serious = violations.filter(
      ({ impact }) => impact === 'serious' || impact === 'critical',
    );
    expect(faults).toStrictEqual([]);
    expect(over).toBeLessThanOrEqual(0);
    expect(serious.map(({ id }) => id)).toStrictEqual([]);
  });
});

test('the value under the pointer is shown, and the record is saved as it is in the page', async () => {
  const { page } = await open(reportOf('values', ...REPORTS[0][1]), 1280, 'light');
  const cell = page.locator('table.matrix td[data-tip]').first();
  await cell.hover();
  expect(await page.locator('.tip').textContent()).toBe(await cell.getAttribute('data-tip'));
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
  const saved: unknown = JSON.parse(readFileSync(await download.path(), 'utf8'));
  const held: unknown = JSON.parse((await page.locator('#record').textContent()) ?? '');
  expect(saved).toStrictEqual(held);
  await page.close();
});

test('a leak is the first thing that a reader sees', async () => {
  const { page } = await open(
    reportOf('leak', leakedTable(), '-t', 'y', '--preset', 'fast'),
    1280,
    'light',
  );
  expect(await page.locator('h1').textContent()).toBe('Too good to be believed yet');
  expect(await page.locator('.warnings li').first().textContent()).toContain(
    "The column 'paid' copies the target.",
  );
  await page.close();
});
