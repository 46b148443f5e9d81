/** The names of the files in the folder of a run. */

/** All of them, apart from the events of TensorBoard, whose name has the time. */
export const RUN_FILES = {
  model: 'model.safetensors',
  document: 'run.json',
  metrics: 'metrics.csv',
  predictions: 'predictions_test.csv',
  card: 'README.md',
  report: 'report.html',
  record: 'report.json',
} as const;

/** TensorBoard finds event files by this beginning; the end shows which files are ours. */
export const EVENTS_BEGINNING = 'events.out.tfevents.';
export const EVENTS_END = '.vinculum';
