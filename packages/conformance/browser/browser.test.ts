/**
 * The core in a real browser, bundled by Vite without any configuration: page and Web Worker train the same network as
 * Node, and every bit of the parameters and probabilities is the same. Runs in Debian's chromium, by `npm run system`.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JobResult, runJob } from './job.ts';

const EPOCHS = 8;

/** What `page.ts` puts on the window. */
interface TestWindow {
  readonly vinculumTest: {
    runJob(epochs: number): Promise<JobResult>;
    runInWorker(epochs: number): Promise<JobResult>;
    longestPause(epochs: number): Promise<{ total: number; pause: number }>;
  };
}
declare const window: TestWindow;

const folder = mkdtempSync(join(tmpdir(), 'vinculum-browser-'));
const faults: string[] = [];
let server: PreviewServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const site = { root: import.meta.dirname, configFile: false, logLevel: 'error' } as const;
  await build({ ...site, build: { outDir: folder, emptyOutDir: true } });
  server = await preview({
    ...site,
    build: { outDir: folder },
    preview: { port: 0, host: '127.0.0.1' },
  });
  browser = await chromium.launch({
    executablePath: process.env['VINCULUM_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  page = await browser.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => faults.push(message.text()));
  await page.goto(server.resolvedUrls?.local[0] ?? '');
});

afterAll(async () => {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const hash = (bytes: readonly number[]): string =>
  createHash('sha256').update(Uint8Array.from(bytes)).digest('hex');

/** A result in a form short enough to print where it differs. */
const digest = ({ parameters, probabilities, losses }: JobResult): object => ({
  parameters: hash(parameters),
  probabilities: hash(probabilities),
  losses,
});

test('Node learns something to compare with', async () => {
  const { losses, parameters } = await runJob(EPOCHS);
  expect(losses).toHaveLength(EPOCHS);
  expect(losses.at(-1)).toBeLessThan(0.7 * (losses[0] ?? 0));
  expect(parameters.length).toBeGreaterThan(4 * 1000);
});

test('the page computes the bits that Node computes', async () => {
  const found = await page.evaluate((epochs) => window.vinculumTest.runJob(epochs), EPOCHS);
  expect(digest(found)).toEqual(digest(await runJob(EPOCHS)));
});

test('a Web Worker computes the bits that Node computes', async () => {
  const found = await page.evaluate((epochs) => window.vinculumTest.runInWorker(epochs), EPOCHS);
  expect(digest(found)).toEqual(digest(await runJob(EPOCHS)));
});

test('the page stays alive while it trains', async () => {
  // A run that never yields pauses for all of its time. The quietest of three runs is judged, and as a share, because
  // the first compiles and a busy machine stops every page for a moment.
  const runs: { total: number; pause: number }[] = [];
  for (let i = 0; i < 3; i++) {
    runs.push(await page.evaluate((epochs) => window.vinculumTest.longestPause(epochs), 1000));
  }
  const shares = runs.map(({ total, pause }) => pause / total);
  expect(Math.min(...runs.map(({ total }) => total))).toBeGreaterThan(200);
  expect(Math.min(...shares)).toBeLessThan(0.25);
});

test('nothing was written to the console', () => {
  expect(faults).toEqual([]);
});
