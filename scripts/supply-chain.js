// What may be installed and bundled: licences, install scripts, pinned versions. Pure: data in, problems as sentences out.

// What only builds and tests may also be under MPL-2.0.
const allowed = new Set([
  ...['MIT', 'ISC', 'Apache-2.0', '0BSD', 'Unlicense', 'BlueOak-1.0.0', 'CC0-1.0', 'EPL-2.0'],
  ...['BSD-2-Clause', 'BSD-3-Clause', 'BSD-3-Clause-Clear'],
]);
const forDevelopment = new Set([...allowed, 'MPL-2.0']);

/**
 * Whether an SPDX expression (`(MIT OR GPL-3.0) AND ISC`) can be met with allowed licences: one side of an OR, both of an
 * AND, which binds closer. An exception (`WITH`) or `GPL-2.0+` is no licence of the list. Null: none is named.
 */
export function licenceAllowed(expression, bundled) {
  const words = (expression ?? '').match(/[()]|[^\s()]+/g) ?? [];
  const list = bundled ? allowed : forDevelopment;
  const atom = () => {
    const word = words.shift();
    if (word !== '(') return word !== undefined && list.has(word);
    const inner = either();
    return words.shift() === ')' && inner;
  };
  const all = () => {
    let result = atom();
    while (words[0] === 'AND') {
      words.shift();
      const next = atom();
      result = result && next;
    }
    return result;
  };
  const either = () => {
    let result = all();
    while (words[0] === 'OR') {
      words.shift();
      const next = all();
      result = result || next;
    }
    return result;
  };
  const result = either();
  return result && words.length === 0;
}

/** The `name@version` of every package whose licence stands in dist/THIRD-PARTY-LICENSES.txt, with its licence and text. */
export function bundledPackages(licences) {
  return licences.split(`\n\n${'-'.repeat(80)}\n\n`).map((part) => {
    const [head = '', ...text] = part.split('\n');
    const [, id = head, licence = ''] = /^(\S+@\S+) \((.*)\)$/.exec(head) ?? [];
    return { id, licence, text: text.join('\n').trim() };
  });
}

const installScripts = ['preinstall', 'install', 'postinstall'];

/**
 * Everything that is wrong, as sentences; none is right. `lock`: package-lock.json. `manifest`: package.json. `bundled`: of
 * `bundledPackages`. `installed(path)`: the package.json under `node_modules/x`, null where it is not installed.
 */
export function problemsOf({ lock, manifest, bundled, installed }) {
  const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
  const inBundle = new Set(bundled.map(({ id }) => id));
  const problems = [];
  for (const [path, entry] of entries) {
    const name = nameOf(path);
    const id = `${name}@${entry.version}`;
    const there = installed(path);
    const licence = licenceOf(there) ?? entry.license ?? askerOf(entries, name)?.license;
    if (!licenceAllowed(licence, inBundle.has(id))) {
      problems.push(`${id}: licence ${licence ?? 'unknown'} is not on the list${inBundle.has(id) ? ' for what is bundled' : ''}`);
    }
    const scripts = there === null ? [] : installScripts.filter((script) => there.scripts?.[script] !== undefined);
    if (entry.hasInstallScript === true || scripts.length > 0) problems.push(`${id}: it has an install script`);
    if (there !== null && there.version !== entry.version) problems.push(`${id}: version ${there.version} is installed`);
    if (entry.integrity === undefined && !(entry.optional && (entry.os ?? entry.cpu)))
      problems.push(`${id}: the lock file has no hash of it`);
    if (entry.resolved !== undefined && !entry.resolved.startsWith('https://registry.npmjs.org/')) {
      problems.push(`${id}: it comes from ${entry.resolved}`);
    }
  }
  const known = new Set(entries.map(([path, { version }]) => `${nameOf(path)}@${version}`));
  for (const { id, licence, text } of bundled) {
    if (!known.has(id)) problems.push(`${id}: it is bundled, and package-lock.json does not name it`);
    if (text === '' && !bundled.some((other) => other.licence === licence && other.text !== '')) {
      problems.push(`${id}: the text of its licence (${licence}) is not in dist/THIRD-PARTY-LICENSES.txt`);
    }
  }
  for (const group of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    for (const [name, version] of Object.entries(manifest[group] ?? {})) {
      if (!/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version)) problems.push(`${name}: package.json asks for ${version}, not for one version`);
    }
  }
  return problems;
}

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

// Old packages have { type } or a list of such; npm's lock file keeps only the text.
function licenceOf(manifest) {
  const found = manifest?.license ?? manifest?.licenses;
  if (Array.isArray(found)) return found.map((each) => each.type ?? each).join(' OR ');
  return typeof found === 'object' && found !== null ? found.type : found;
}

// The lock file knows some platforms' packages by name only: they come from the one that asks for them.
const askerOf = (entries, name) => entries.map(([, entry]) => entry).find((entry) => entry.optionalDependencies?.[name] !== undefined);

/**
 * What `npm audit --json` says. `skipped`: why the registry could not be asked. `grave`: the packages with a finding that is
 * high or critical.
 */
export function auditOf(output) {
  const answer = parse(output);
  const levels = answer?.metadata?.vulnerabilities;
  if (levels === undefined)
    return { skipped: answer?.message ?? answer?.error?.summary ?? 'npm audit gave no answer', grave: [], found: 0 };
  const found = Object.values(answer.vulnerabilities ?? {});
  const grave = found.filter(({ severity }) => severity === 'high' || severity === 'critical');
  return { skipped: null, grave: grave.map(({ name, severity }) => `${name}: npm audit says ${severity}`), found: found.length };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
