#!/usr/bin/env node
// Makes docs/findings.md from the catalogue that the program prints from, docs/iam/*.json from scripts/iam, and a table in
// docs/before-you-begin.md. `--check` fails where a file is not up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('..', import.meta.url);

async function load(path) {
  const bundle = await rolldown({ input: fileURLToPath(new URL(path, root)), platform: 'node' });
  const { output } = await bundle.generate({ format: 'esm' });
  return import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
}

const groups = [
  ['QP1', 'Endpoints and the network'],
  ['QP2', 'NAT and egress'],
  ['QP3', 'Test bucket policy'],
  ['QP4', 'Service control policy'],
  ['QP5', 'Stack parameter'],
  ['QP6', 'Evidence'],
  ['QP7', 'Journal, lock and drift'],
];

function render(catalogue) {
  const lines = [
    '# Findings',
    '',
    'Each is reported before anything is changed, from what can be read. The code is stable: it is printed, it is in the',
    'JSON, and `--accept CODE` lets an **error** pass on purpose. An **error** stops before its step; a **warning** is shown',
    'and asks nothing; **info** is shown with `--verbose`. A finding that cannot be told for want of a permission is shown as',
    '**unknown**, never left out. The last line of each names where people were bitten, or the fact in',
    '[aws-facts.md](aws-facts.md) that it rests on (A11, K5, …).',
    '',
    '<!-- Made by `npm run docs` from src/findings.ts: do not edit. -->',
  ];
  for (const [prefix, title] of groups) {
    lines.push('', `## ${title}`);
    for (const [code, entry] of Object.entries(catalogue).filter(([code]) => code.startsWith(prefix))) {
      lines.push('', `### ${code}`, '', `${entry.summary[0].toUpperCase()}${entry.summary.slice(1)}.`, '');
      lines.push(`- **Severity:** ${entry.when}`);
      if (entry.remedy !== '' && entry.remedy !== 'none') lines.push(`- **Remedy:** ${entry.remedy}`);
      if (entry.source !== '') lines.push(`- **Source:** ${entry.source}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The table of optional actions in docs/before-you-begin.md, which else is written by hand. */
function withOptional(text, policies) {
  const rows = ['quilt', 'organization'].map((side) => {
    const grants = policies.filter((policy) => policy.side === side).flatMap((policy) => policy.grants);
    const actions = grants.flatMap((grant) => Object.entries(grant.actions));
    const optional = [...new Set(actions.filter(([, need]) => need === 'optional').map(([action]) => `\`${action}\``))].sort();
    return `| ${side === 'quilt' ? "Quilt's account" : 'organization'} | ${optional.join(', ')} |`;
  });
  const table = ['| side | optional actions |', '| --- | --- |', ...rows, '<!-- Made by `npm run docs`. -->'].join('\n');
  return text.replace(/\| side \| optional actions \|\n[\s\S]*?-->/, () => table);
}

const beginning = fileURLToPath(new URL('docs/before-you-begin.md', root));
const { catalogue } = await load('src/findings.ts');
const { policies } = await load('scripts/iam/policies.ts');
const { documentOf } = await load('scripts/iam/grants.ts');
const files = [
  ['docs/findings.md', render(catalogue)],
  ['docs/before-you-begin.md', withOptional(readFileSync(beginning, 'utf8'), policies)],
  ...policies.map((policy) => [`docs/iam/${policy.name}.json`, `${JSON.stringify(documentOf(policy), null, 2)}\n`]),
];
for (const [path, text] of files) {
  const target = fileURLToPath(new URL(path, root));
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    console.error(`${path} is not up to date: npm run docs`);
    process.exitCode = 1;
  }
}
