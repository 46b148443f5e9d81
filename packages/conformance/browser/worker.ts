/** The job in a Web Worker. Each message holds the arguments of `runJob`; the answer is its result. */
import { runJob } from './job.ts';

addEventListener('message', (event: MessageEvent<[epochs: number, threads?: number]>) => {
  void runJob(...event.data).then((result) => postMessage({ result }), report);
});

function report(error: unknown): void {
  postMessage({ error: String(error) });
}
