// The report as one HTML file: no script, no other file, nothing asked of any network.
import { changes } from './changes.ts';
import { masthead, tiles, titleOf, whoPasses } from './head.ts';
import { type Html, html } from './html.ts';
import type { Drawings, ReportModel } from './model.ts';
import { network } from './network.ts';
import { drawn, findingList, type Section } from './parts.ts';
import { policies } from './policies.ts';
import { verified, waysBack } from './proof.ts';
import { decision, fingerprints, record, undo } from './record.ts';
import { replay } from './replay.ts';
import { style } from './style.ts';
import { findingsOf, moment, stageWords } from './words.ts';

/** The whole file. Whoever asks for approval is told what changes first; evidence begins with what was seen to hold. */
export function renderPage(model: ReportModel, drawings: Drawings): string {
  const sections = [
    whoPasses(model),
    verified(model),
    changes(model),
    network(model, drawings),
    policies(model),
    findings(model),
    replay(model, drawings),
    waysBack(model),
    record(model),
    undo(model),
    fingerprints(model),
  ].filter((section) => section !== null);
  const title = `${stageWords[model.stage].name}: ${titleOf(model)}`;
  const page = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${drawn(style)}</style>
</head>
<body class="is-${model.stage}">
<a class="skip" href="#main">Skip to the report</a>
${masthead(model)}
<div class="page body">
<nav aria-label="Contents"><ol>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ol></nav>
<main id="main">
${tiles(model)}
${sections.map(sectionPart)}
${decision(model)}
</main>
</div>
<footer class="page">${stageWords[model.stage].name}, made by quilt-perimeter ${model.toolVersion} from what AWS answered on ${moment(model.at)}. The page is complete in itself: it loads nothing and runs nothing.</footer>
</body>
</html>
`;
  return `<!doctype html>\n${page.text}`;
}

const sectionPart = ({
  id,
  title,
  content,
}: Section): Html => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${content}</section>
`;

function findings(model: ReportModel): Section {
  const all = findingsOf(model);
  return {
    id: 'findings',
    title: 'Findings',
    content: all.length === 0 ? html`<p>None.</p>` : findingList(all),
  };
}
