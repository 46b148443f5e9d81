/**
 * `@vinculum/report`: what the library computes, as text for people. Equations, matrices, steps, tables and numbers become
 * strings, and the caller decides where the strings go. No code here uses a file, a network or a terminal.
 */
export { latexToText } from './latex.ts';
export { matrixLines, shapeText } from './matrix.ts';
export { counted, duration, grouped, metric, shortFloat32, significant } from './numbers.ts';
export { sparkline } from './sparkline.ts';
export { renderStep, type Emphasis, type StepRendering } from './step.ts';
export { renderPairs, renderTable, type TableColumn } from './table.ts';
export { clip, displayWidth, jsonText, pad, plainLines, plainText } from './text.ts';
