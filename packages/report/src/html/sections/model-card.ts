/**
 * The model card: what a person must say about a model before others use it. What nobody has said is not guessed; the page says that it was
 * not provided.
 *
 * Source: Mitchell et al. 2019, Model Cards for Model Reporting; the headings follow the template of the Hugging Face Hub.
 */
import type { CardFacts, ReportRecord } from '../../record/report-record.ts';
import { verdictOf } from '../../verdict/verdict.ts';
import { count } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';

const FIELDS: readonly (readonly [keyof CardFacts, string])[] = [
  ['description', 'Description'],
  ['intendedUses', 'Intended uses'],
  ['outOfScope', 'Uses that are out of scope'],
  ['limitations', 'Bias, risks and limitations'],
  ['license', 'Licence'],
  ['authors', 'Developed by'],
  ['contact', 'Contact'],
  ['citation', 'Citation'],
];

export const cardSection: Section = {
  id: 'card',
  title: 'Model card',
  asks: 'What others should know before they use the model.',
  render: (record) =>
    markup`<dl class="facts">${known(record)}${FIELDS.map(([field, title]) => {
      const value = record.card?.[field];
      return markup`<dt>${title}</dt><dd>${value ?? markup`<span class="quiet">not provided</span>`}</dd>`;
    })}</dl>`,
};

/** What the record itself can say. */
function known(record: ReportRecord): Markup {
  const { run, model, data } = record;
  const { headline, sentences } = verdictOf(record);
  return markup`<dt>Model</dt><dd>${run.name}: ${model.members === 1 ? 'a feed-forward network' : `${count(model.members)} feed-forward networks`} of ${count(model.parameters)} parameters that predicts ${run.targets.join(', ')} from ${count(
    data.columns.filter(({ role }) => role === 'input').length,
  )} columns</dd><dt>Training data</dt><dd>${count(data.rows.train + data.rows.validation)} rows</dd><dt>Evaluation</dt><dd>${headline}. ${sentences.join(' ')}</dd>`;
}
