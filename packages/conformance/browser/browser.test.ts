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

/** The functions that `page.ts` puts on the window. */
interface TestWindow {
  readonly vinculumTest: {
    runJob(epochs: number, threads?: number): Promise<JobResult>;
    runInWorker(epochs: number, threads?: number): Promise<JobResult>;
    runFused(epochs: number, threads?: number): Promise<JobResult>;
    describeBackends(): string;
    longestPause(epochs: number): Promise<{ total: number; pause: number }>;
  };
}
declare const window: TestWindow;

const folder = mkdtempSync(join(tmpdir(), 'vinculum-browser-'));
const faults: string[] = [];
let servers: PreviewServer[];
let browser: Browser;
let page: Page;
/** The address of the same page, served so that its workers may share memory. */
let isolated: Page;
/** The address of the same page, served so that it may share memory but must not start workers. */
let workerless: Page;

/** Cross-origin isolation: without these headers a page has no shared memory. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const NO_WORKERS = { ...ISOLATION, 'Content-Security-Policy': "worker-src 'none'" };

beforeAll(async () => {
  const site = { root: import.meta.dirname, configFile: false, logLevel: 'error' } as const;
  await build({ ...site, build: { outDir: folder, emptyOutDir: true } });
  servers = await Promise.all(
    [{}, ISOLATION, NO_WORKERS].map((headers) =>
      preview({
        ...site,
        build: { outDir: folder },
        preview: { port: 0, host: '127.0.0.1', headers },
      }),
    ),
  );
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
  [page, isolated, workerless] = (await Promise.all(servers.map(openPage))) as [Page, Page, Page];
});

async function openPage(server: PreviewServer): Promise<Page> {
  const opened = await browser.newPage();
  opened.on('pageerror', (error) => faults.push(error.message));
  opened.on('console', (message) => {
    // The browser itself reports a worker that it refused.
    if (!message.text().includes('Content Security Policy')) faults.push(message.text());
  });
  await opened.goto(server.resolvedUrls?.local[0] ?? '');
  return opened;
}

afterAll(async () => {
  await browser.close();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

const hash = (bytes: readonly number[]): string =>
  createHash('sha256').update(Uint8Array.from(bytes)).digest('hex');

/** A result in a short form, so that a failed test prints the difference. */
const digest = ({ parameters, probabilities, losses }: JobResult): object => ({
  parameters: hash(parameters),
  probabilities: hash(probabilities),
  losses,
});

test('the loss decreases in Node, so there is something to compare with', async () => {
  const { losses, parameters } = await runJob(EPOCHS);
  expect(losses).toHaveLength(EPOCHS);
  expect(losses.at(-1)).toBeLessThan(0.7 * (losses[0] ?? 0));
  expect(parameters.length).toBeGreaterThan(4 * 1000);
});

test('the page computes the bits that Node computes', async () => {
  const found = await page.evaluate((epochs) => window.vinculumTest.runJob(epochs), EPOCHS);
  expect(digest(found)).toEqual(digest(await runJob(EPOCHS)));
});

test('in fused numerics a page computes the bits of fused numerics, alone and on threads', async () => {
  const expected = digest(await runJob(EPOCHS, undefined, 'fused'));
  expect(expected).not.toEqual(digest(await runJob(EPOCHS)));
  const alone = await page.evaluate((epochs) => window.vinculumTest.runFused(epochs), EPOCHS);
  expect(digest(alone)).toEqual(expected);
  const threads = await isolated.evaluate(
    (epochs) => window.vinculumTest.runFused(epochs, 2),
    EPOCHS,
  );
  expect(digest(threads)).toEqual(expected);
});

test('a Web Worker computes the bits that Node computes', async () => {
  const found = await page.evaluate((epochs) => window.vinculumTest.runInWorker(epochs), EPOCHS);
  expect(digest(found)).toEqual(digest(await runJob(EPOCHS)));
});

test('a page that is not isolated has one thread, says so, and computes the same bits', async () => {
  const description = await page.evaluate(() => window.vinculumTest.describeBackends());
  expect(description).toContain('1 thread: the page is not cross-origin isolated');
  const found = await page.evaluate((epochs) => window.vinculumTest.runJob(epochs, 2), EPOCHS);
  expect(digest(found)).toEqual(digest(await runJob(EPOCHS)));
});

test.each(['runJob', 'runInWorker'] as const)(
  'an isolated page trains on threads to the bits that Node computes: %s',
  async (name) => {
    const description = await isolated.evaluate(() => window.vinculumTest.describeBackends());
    expect(description).toMatch(/up to \d+ threads/);
    // Workers for which there is no processor end soon after the job, so they are counted while they live.
    const living = new Set<unknown>();
    let most = 0;
    const noteWorker = (worker: { on(event: 'close', listener: () => void): unknown }): void => {
      living.add(worker);
      most = Math.max(most, living.size);
      worker.on('close', () => living.delete(worker));
    };
    isolated.workers().forEach(noteWorker);
    isolated.on('worker', noteWorker);
    for (const threads of [2, 3]) {
      const found = await isolated.evaluate(
        ([call, epochs, count]) => window.vinculumTest[call](epochs, count),
        [name, EPOCHS, threads] as const,
      );
      expect(digest(found)).toEqual(digest(await runJob(EPOCHS)));
      // In a page all threads are workers, because its main thread must not block. In a Web Worker the first thread is the
      // worker itself.
      expect(most).toBeGreaterThanOrEqual(name === 'runJob' ? threads : 1);
    }
    isolated.off('worker', noteWorker);
  },
);

test('a page whose policy forbids workers has one thread, says so, and computes the same bits', async () => {
  const found = await workerless.evaluate(
    (epochs) => window.vinculumTest.runJob(epochs, 2),
    EPOCHS,
  );
  expect(digest(found)).toEqual(digest(await runJob(EPOCHS)));
  expect(workerless.workers()).toHaveLength(0);
  const description = await workerless.evaluate(() => window.vinculumTest.describeBackends());
  expect(description).toContain('1 thread: workers cannot be started here');
});

test('the page reacts while it trains', async () => {
  // A run that never yields blocks the page for the whole of its time. The test takes the best of three runs, because the
  // first run compiles, and a share of the time, because a busy machine stops every page for a moment.
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
