/**
 * `reportHtml`: the record of a run as one HTML file. The file contains its styles, its pictures, a small script and the
 * record itself, so it opens from a disk without a network, and its own policy forbids it to ask for anything.
 */
import type { ReportRecord } from '../record/report-record.ts';
import { moment } from './figures.ts';
import { markup, trusted, type Markup } from './markup.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { SECTIONS } from './sections.ts';
import { verdictPart } from './sections/verdict.ts';
import { PAGE_STYLE } from './style/page-style.ts';

/** What the page may load: nothing but what stands in it. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * The report of a run as the text of one HTML file.
 *
 * @param record - plain JSON; see {@link ReportRecord}
 * @returns the whole document; it asks for nothing else when it is opened
 * @example
 * await writeFile('runs/penguins/report.html', reportHtml(record));
 */
export function reportHtml(record: ReportRecord): string {
  const { run } = record;
  const parts = SECTIONS.flatMap(({ id, title, asks, render }) => {
    const content = render(record);
    return content === undefined ? [] : [{ id, title, asks, content }];
  });
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${run.name}: report of a run</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
<div class="page">
<header class="masthead"><p><strong>${run.name}</strong><span class="small quiet">vinculum report · ${moment(run.finished)}</span></p><div class="tools"><button type="button" id="theme" hidden>Light or dark</button><button type="button" id="save" data-name="${run.name}.json" hidden>Record as JSON</button></div></header>
<nav class="contents" aria-label="Sections"><ol><li><a href="#verdict">Verdict</a></li>${parts.map(
    ({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`,
  )}</ol></nav>
<main>
${verdictPart(record)}
${parts.map(
  ({ id, title, asks, content }) =>
    markup`<section id="${id}" aria-labelledby="${id}-title"><header><h2 id="${id}-title">${title}</h2><p>${asks}</p></header>${content}</section>
`,
)}
</main>
<footer>Every figure of this page is in the record that it contains; the button above saves it.</footer>
</div>
<script type="application/json" id="record">${recordText(record)}</script>
<script>${trusted(PAGE_SCRIPT)}</script>
</body>
</html>
`.text;
}

/** The record as JSON that ends no element: every `<` is written as an escape, which means the same. */
function recordText(record: ReportRecord): Markup {
  return trusted(JSON.stringify(record).replaceAll('<', String.raw`\u003c`));
}
