// The top of the page: what it is, whom it is about, the numbers, and who passes.
import { type Html, html } from './html.ts';
import type { ReportModel } from './model.ts';
import type { Section } from './parts.ts';
import { findingsOf, lede, moment, number, obstacle, severities, stageWords } from './words.ts';

/** The title by which the page is known. */
export const titleOf = ({ place }: ReportModel): string => `S3 data perimeter for ${place.stack ?? `account ${place.accountId}`}`;

/** The masthead. */
export function masthead(model: ReportModel): Html {
  const { place, stage, at, toolVersion, sandbox } = model;
  const stops = obstacle(model);
  const facts: readonly (readonly [string, string | null])[] = [
    ['Account', place.accountId],
    ['Region', place.region],
    ['Organization', place.organizationId],
    ['Stack', place.stack],
    ['VPC', place.vpc],
    ['AWS read on', moment(at)],
    ['Made by', `quilt-perimeter ${toolVersion}`],
  ];
  return html`<header class="masthead is-${stage}"><div class="page">
<p class="stage">${stageWords[stage].name}</p>
<h1>${titleOf(model)}</h1>
<p class="lede">${lede(model)}</p>
${sandbox ? html`<p class="callout note">Made on the embedded AWS, for rehearsal: nothing on this page is real.</p>` : null}
${stops === null ? null : html`<p class="callout bad">${stops}</p>`}
<dl class="facts">${facts.map(([name, value]) => (value === null ? null : html`<div><dt>${name}</dt><dd>${value}</dd></div>`))}</dl>
</div></header>
`;
}

/** The numbers: those of `plan --json`, `assess --json` and `verify --json`, by these names in `data-number`. */
export function tiles(model: ReportModel): Html {
  const { plan, network, replay, verification, certificates } = model;
  const { changes, usdPerMonth } = plan.totals;
  const tried = certificates.map(({ independent }) => independent).filter((each) => each !== null);
  const held = verification?.checks.filter(({ state }) => state === 'ok').length ?? 0;
  const all = verification?.checks.length ?? 0;
  return html`<ul class="tiles">
${tile(html`<span data-number="changes">${changes}</span>`, changes === 1 ? 'change to make' : 'changes to make')}
${changes === 0 ? null : tile(html`<span data-number="usdPerMonth">${usdPerMonth === null ? 'unknown' : usdPerMonth === 0 ? 'none' : `$${usdPerMonth.toFixed(2)}`}</span>`, 'charge a month for what is made, before traffic')}
${severities(findingsOf(model)).map(({ severity, many }) =>
  severity === 'info'
    ? null
    : tile(
        html`<span data-number="${severity}">${many}</span>`,
        severity === 'error' ? `error ${plural('finding', many)}` : severity === 'unknown' ? 'not to be told' : plural('warning', many),
        severity === 'error' ? 'bad' : 'warn',
      ),
)}
${tile(html`<span data-number="deniedPlaces">${network.denied}</span> of <span data-number="places">${network.places}</span>`, 'places in the network from which something is denied', network.denied > 0 ? 'bad' : 'good')}
${replay === null ? null : tile(html`<span data-number="newlyDenied">${number(replay.verdicts['newly-denied'].paths)}</span>`, `recorded ${plural('path', replay.verdicts['newly-denied'].paths)} newly denied`, replay.verdicts['newly-denied'].paths > 0 ? 'bad' : 'good')}
${tried.length === 0 ? null : tile(html`${Math.min(...tried)}`, 'independent ways back tried', Math.min(...tried) < 2 ? 'bad' : 'good')}
${verification === null ? null : tile(html`<span data-number="held">${held}</span> of ${all}`, 'promises seen to hold', held < all ? 'bad' : 'good')}
</ul>
`;
}

const plural = (noun: string, many: number): string => (many === 1 ? noun : `${noun}s`);

const tile = (value: Html, label: string, mood = ''): Html => html`<li class="${mood}"><strong>${value}</strong> <span>${label}</span></li>
`;

/** Who passes, in sentences. */
export function whoPasses({ perimeter, stage }: ReportModel): Section {
  const { buckets, passes, testBucket, policyName, targets } = perimeter;
  const will = stage === 'change-request' || stage === 'under-way';
  return {
    id: 'perimeter',
    title: 'Who reaches the buckets, and who does not',
    content: html`<p>A request to a bucket whose name matches ${buckets.map((bucket, index) => html`${index === 0 ? '' : ' or '}<code>${bucket}</code>`)} ${will ? 'will pass' : 'passes'} only if one of these holds:</p>
<ul class="pass">${passes.map((pass) => html`<li>${pass}</li>`)}
<li class="others"><strong>Everything else is denied</strong> to the principals of ${targets.join(' and of ')}, whatever other policies allow. Service-linked roles and the organization's management account are bound by no service control policy.</li></ul>
<p>${will ? 'It is tried first' : 'It stands'} on one bucket, <code>${testBucket}</code>, whose policy binds everybody; ${will ? 'then the' : 'and the'} service control policy <code>${policyName}</code> binds ${targets.join(', then ')}.</p>
`,
  };
}

/** What a month costs, in words. */
export const costOf = (usd: number | null): string => (usd === null ? 'not known' : usd === 0 ? 'no charge' : `$${usd.toFixed(2)}`);
