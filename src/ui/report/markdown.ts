// The report as Markdown, for a pull request: the same sections and numbers without pictures.
import { duration, monthly } from '../layout.ts';
import { diffLines, signOf } from './diff-lines.ts';
import { titleOf } from './head.ts';
import type { PolicyReport, ReportModel } from './model.ts';
import {
  checkWords,
  effectWords,
  findingsOf,
  lede,
  moment,
  number,
  obstacle,
  remedyWords,
  replaySentence,
  replayWords,
  severities,
  signs,
  sorted,
  stageWords,
  stateWords,
  verdictWords,
  wayKinds,
  withoutPersons,
} from './words.ts';

/** The whole file. */
export function renderMarkdown(model: ReportModel): string {
  const stops = obstacle(model);
  return `${[
    `# ${titleOf(model)}`,
    `**${stageWords[model.stage].name}.** ${lede(model)}`,
    ...(model.sandbox ? ['> Made on the embedded AWS, for rehearsal: nothing here is real.'] : []),
    ...(stops === null ? [] : [`> ${stops}`]),
    facts(model),
    ...numbers(model),
    '## Who reaches the buckets, and who does not',
    passes(model),
    ...verified(model),
    '## What is to change, and why',
    ...changes(model),
    '## The network',
    ...grid(model),
    '## The policies',
    ...model.policies.flatMap(policy),
    '## Findings',
    findings(model.plan.steps.flatMap((step) => step.findings)),
    '## What recorded calls would meet',
    ...replay(model),
    '## The ways back',
    ...waysBack(model),
    '## What was done, when, and by whom',
    ...record(model),
    '## How to undo it',
    ...undo(model),
    '## Fingerprints',
    table(
      ['SHA-256 of', 'Hash'],
      model.fingerprints.map(({ of, sha256 }) => [of, `\`${sha256}\``]),
    ),
  ].join('\n\n')}\n`;
}

/** Text from anywhere as a part of a line: what Markdown or HTML would take for markup is said to be text, line breaks are spaces. */
function said(text: string): string {
  return withoutPersons(text)
    .split('`')
    .map((part, index) =>
      index % 2 === 0 ? part.replace(/[\\*_[\]<>|#~]/g, (letter) => `\\${letter}`) : `\`${part.replaceAll('|', '\\|')}\``,
    )
    .join('')
    .replace(/\s*\n\s*/g, ' ');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

function facts({ place, at, toolVersion }: ReportModel): string {
  const where = [
    `account ${place.accountId}`,
    place.region,
    ...(place.organizationId === null ? [] : [`organization ${place.organizationId}`]),
    ...(place.vpc === null ? [] : [place.vpc]),
  ];
  return `${where.join(', ')}; AWS read on ${moment(at)} by quilt-perimeter ${toolVersion}`;
}

function numbers(model: ReportModel): readonly string[] {
  const { plan, network, replay: report, verification } = model;
  const { changes: many, usdPerMonth } = plan.totals;
  return [
    table(
      ['Number', 'Of'],
      [
        [`${many}`, 'changes to make'],
        ...(many === 0 ? [] : [[usdPerMonth === null ? 'not known' : monthly(usdPerMonth), 'charge for what is made']]),
        ...severities(findingsOf(model)).map(({ severity, many: its }) => [`${its}`, `findings: ${severity}`]),
        [`${network.denied} of ${network.places}`, 'places in the network from which something is denied'],
        ...(report === null ? [] : [[number(report.verdicts['newly-denied'].paths), 'recorded paths newly denied']]),
        ...(verification === null
          ? []
          : [
              [
                `${verification.checks.filter(({ state }) => state === 'ok').length} of ${verification.checks.length}`,
                'promises seen to hold',
              ],
            ]),
      ],
    ),
  ];
}

function passes({ perimeter: { buckets, passes: ways, testBucket, policyName, targets } }: ReportModel): string {
  return [
    `A request to a bucket whose name matches ${buckets.map((bucket) => `\`${bucket}\``).join(' or ')} passes only if one of these holds; everything else is denied:\n`,
    list(ways.map(said)),
    `\nTried on bucket \`${testBucket}\`, then bound by SCP \`${policyName}\` to ${targets.map(said).join(', then ')}.`,
  ].join('\n');
}

function verified({ verification }: ReportModel): readonly string[] {
  if (verification === null) return [];
  return [
    '## What was seen to hold',
    `Read from AWS on ${moment(verification.at)}.`,
    table(
      ['State', 'Step', 'Promise', 'Evidence'],
      verification.checks.map(({ state, step, summary, evidence }) => [
        `${signs[state]} ${checkWords[state]}`,
        step,
        said(summary),
        said(evidence),
      ]),
    ),
  ];
}

function changes({ plan }: ReportModel): readonly string[] {
  return plan.steps.flatMap(({ id, title, state, changes: its }, index) => [
    `### ${index + 1} ${title} (${id}): ${stateWords[state]}`,
    ...(its.length === 0
      ? []
      : [
          table(
            ['Change', 'Why', 'Risk', 'Time', 'A month'],
            its.map(({ action, summary, reason, risk, seconds, usdPerMonth, temporary, undoes }) => {
              const isTrial = temporary === true || undoes !== undefined;
              const sign = { create: '+', update: '\\~', delete: '−' }[action];
              return [
                `${sign} ${said(summary)}${isTrial ? ' (trial, undone by itself)' : ''}`,
                said(reason),
                risk,
                seconds === null ? 'at once' : duration(seconds),
                isTrial || usdPerMonth === 0 ? 'no charge' : usdPerMonth === null ? 'not known' : `$${usdPerMonth.toFixed(2)}`,
              ];
            }),
          ),
        ]),
  ]);
}

function grid({ network: { rows, denied, places, untold }, outside }: ReportModel): readonly string[] {
  const columns = (rows[0]?.to ?? []).map(({ region, buckets }) => `To ${buckets.length} in ${region ?? 'a Region not told'}`);
  return [
    `From ${denied} of ${places} places something is denied; of ${untold} it cannot be told.`,
    table(
      ['From', ...columns],
      rows.map(({ from, to, family }) => [
        said(
          `${from.names.slice(0, 8).join(', ')}${from.names.length > 8 ? ` and ${from.names.length - 8} more` : ''}${family === 'ipv6' ? ' over IPv6' : ''}`,
        ),
        ...to.map(({ verdict, ways }) => `${signs[verdict]} ${verdictWords[verdict]}: ${said(ways.map(({ way }) => way).join('; or '))}`),
      ]),
    ),
    ...(outside.length === 0 ? [] : ['### Outside any VPC', findings(outside)]),
  ];
}

function policy({ name, binds, before, after, sha256, statements, effects }: PolicyReport): readonly string[] {
  const fence = '```';
  return [
    `### ${name}`,
    `${said(binds)}. SHA-256 \`${sha256}\`.`,
    list(
      statements.map(
        ({ name: its, ours, sentence, conditions }) =>
          `**${said(its)}**${ours ? '' : ' (written by others, kept as it is)'}: ${said(sentence)}${conditions.length === 0 ? ', always' : ', where all of this holds:'}${conditions.map((each) => `\n  - ${said(each.sentence)}`).join('')}`,
      ),
    ),
    `${fence}diff\n${diffLines(before, after)
      .map((line) => `${signOf(line)} ${line.text}`)
      .join('\n')}\n${fence}`,
    ...(effects.examples.length === 0
      ? []
      : [
          table(
            ['Request', 'With', 'Before', 'After'],
            effects.examples.map(({ request, context, before: then, after: now }) => [
              said(request),
              said(context.join('; ')),
              effectWords[then],
              effectWords[now],
            ]),
          ),
        ]),
  ];
}

const findings = (all: ReturnType<typeof findingsOf>): string =>
  all.length === 0
    ? 'None.'
    : list(
        sorted(all).map(
          ({ code, severity, accepted, summary, detail, remedy }) =>
            `**${code} (${severity}${accepted ? ', accepted' : ''})**: ${said(summary)}${detail === '' ? '' : `. ${said(detail)}`}${remedy === '' || remedy === 'none' ? '' : ` → ${said(remedy)}`}`,
        ),
      );

const mostPaths = 40;

function replay({ replay: report }: ReportModel): readonly string[] {
  if (report === null) return ['No recorded calls were assessed: `--assess SOURCE`.'];
  const grave = report.paths.filter(({ verdict }) => verdict !== 'passes');
  return [
    replaySentence(report),
    table(
      ['Verdict', 'Paths', 'Events'],
      (['passes', 'newly-denied', 'unknown'] as const).map((verdict) => [
        `${signs[verdict]} ${replayWords[verdict]}`,
        number(report.verdicts[verdict].paths),
        number(report.verdicts[verdict].events),
      ]),
    ),
    ...(report.remedies.length === 0
      ? []
      : [list(report.remedies.map(({ kind, paths }) => `${number(paths)} newly denied: ${remedyWords[kind]}`))]),
    ...(grave.length === 0
      ? []
      : [
          table(
            ['Who', 'From', 'To', 'Events', 'Verdict'],
            grave
              .slice(0, mostPaths)
              .map(({ principal, network, bucket, events, verdict }) => [
                said(principal),
                said(network),
                said(bucket),
                number(events),
                `${signs[verdict]} ${replayWords[verdict]}`,
              ]),
          ),
        ]),
    ...(report.coverage === null || report.coverage.length === 0 ? [] : ['### What it cannot prove', findings(report.coverage)]),
  ];
}

const waysBack = ({ certificates }: ReportModel): readonly string[] =>
  certificates.length === 0
    ? ['Nothing is to be put on.']
    : certificates.flatMap(({ change, at, independent, ways }) => [
        `### Before: ${said(change)}`,
        at === null || independent === null ? 'To be tried.' : `${independent} independent, 2 needed; tried on ${moment(at)}.`,
        table(
          ['Who', 'State', 'Call, and from where', 'How it is known'],
          ways.map(({ kind, principal, state, call, network, how }) => [
            `${wayKinds[kind]}: ${said(principal)}`,
            state === 'exercised' ? '✓ tried' : 'claimed',
            said(`${call}, from ${network}`),
            said(how),
          ]),
        ),
      ]);

const record = ({ runs }: ReportModel): readonly string[] =>
  runs.length === 0
    ? ['Nothing was done yet.']
    : runs.flatMap(({ command, startedAt, outcome, by, id, approvals, deeds }) => [
        `### ${command}, ${moment(startedAt)}: ${outcome}`,
        `By ${said(by.join(' and '))}; run ${id}, ${approvals} confirmations.`,
        ...(deeds.length === 0
          ? []
          : [
              table(
                ['What', 'Step', 'When', 'Id'],
                deeds.map(({ summary, step, at, id: made, what }) => [
                  `${what === 'done' ? '' : `${what}: `}${said(summary)}`,
                  step,
                  moment(at),
                  said(made ?? 'none'),
                ]),
              ),
            ]),
      ]);

const undo = ({ undo: { commands, entries, notRestored } }: ReportModel): readonly string[] => [
  `\`${commands.rollback}\` puts everything back, denies first; \`${commands.script}\` writes the same as a script for the AWS CLI.`,
  ...(entries.length === 0 ? [] : [entries.map(({ summary, way }, index) => `${index + 1}. ${said(summary)}: ${said(way)}`).join('\n')]),
  ...(notRestored.length === 0 ? [] : [`Not restored:\n\n${list(notRestored.map(said))}`]),
];
