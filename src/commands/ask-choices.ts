// The wizard's questions about choices. It asks only what it cannot know: what is open, who may come from where, and what
// the SCP binds.
import type { Choices, Wanted } from '../steps/choices.ts';
import type { Survey } from '../steps/landscape.ts';
import type { ChoiceSetting, OpenChoice } from '../steps/resolve-choices.ts';
import type { Answer, Option } from '../ui/questions.ts';
import { organizationTree, withCleanFirst } from './offers.ts';
import { isSaid } from './remembered.ts';
import type { Hints, Session } from './session.ts';

export interface Asked {
  readonly choices: Choices;
  readonly wanted: Wanted;
  /** Keys of the file that were asked about. */
  readonly answered: readonly string[];
}

/** Asks what is open and what has not been said in the file or by a flag. Answers from flags are printed, not asked. */
export async function askChoices(session: Session, survey: Survey, from: Wanted): Promise<Asked> {
  const { ui, settings } = session;
  for (const [key, flag] of Object.entries(settings.fromFlags)) ui.progress(`? ${key}: ${flag}`);
  const decided = await askOpen(session, survey, from);
  const answered = [...decided.answered];
  let { wanted } = decided;
  const ask = async (key: string, put: () => Promise<Partial<Wanted> | null>): Promise<void> => {
    if (isSaid(session, key)) return;
    const answer = await put();
    if (answer === null) return;
    wanted = { ...wanted, ...answer };
    answered.push(key);
  };
  await ask('perimeter.trustedVpcs', () => askTrustedVpcs(session, survey, decided.choices));
  await ask('perimeter.trustedCidrs', () => askTrustedCidrs(session));
  await ask('organization.targets', () => askTarget(session, survey));
  const { resolveChoices } = await import('../steps/resolve-choices.ts');
  const resolution = resolveChoices(survey, wanted);
  if (resolution.state !== 'decided') throw new Error('a choice that was decided is open again');
  return { choices: resolution.choices, wanted, answered };
}

async function askOpen(session: Session, survey: Survey, from: Wanted): Promise<Asked> {
  const { resolveChoices } = await import('../steps/resolve-choices.ts');
  const { openChoiceError } = await import('../ui/questions.ts');
  const answered: string[] = [];
  let wanted = from;
  for (;;) {
    const resolution = resolveChoices(survey, wanted);
    if (resolution.state === 'decided') return { choices: resolution.choices, wanted, answered };
    const [open] = resolution.open;
    if (open === undefined || open.candidates.length === 0)
      throw openChoiceError(open ?? { question: '', reason: '', key: '', flag: '', candidates: [] });
    const answer = await askOne(session, survey, open);
    wanted = { ...wanted, ...settingOf(open.setting, answer) };
    answered.push(open.key);
  }
}

async function askOne(session: Session, survey: Survey, open: OpenChoice): Promise<Answer> {
  const { setting, flag } = open;
  const options = setting === 'testBucket' ? await withCleanFirst(open.candidates, survey, session.ctx) : open.candidates;
  const common = { id: setting, text: open.question, options, flag };
  if (open.multiple) return session.ui.ask({ kind: 'checkbox', ...common, initial: options.map(({ value }) => value) });
  const hint = session.hints === null ? null : hintFor(session.hints, setting);
  const initial = options.find(({ value }) => value === hint)?.value ?? options[0]?.value ?? null;
  return session.ui.ask({ kind: 'select', ...common, initial });
}

const hintFor = (hints: Hints, setting: ChoiceSetting): string | null =>
  setting === 'stack' || setting === 'vpc' || setting === 'testBucket' ? hints[setting] : null;

function settingOf(setting: ChoiceSetting, answer: Answer): Partial<Wanted> {
  const [first = null] = answer;
  switch (setting) {
    case 'stack':
      return { stack: first };
    case 'parameter':
      return { parameter: first };
    case 'vpc':
      return { vpc: first };
    case 'subnets':
      return { subnets: answer };
    case 'testBucket':
      return { testBucket: first };
    default:
      return setting satisfies never;
  }
}

async function askTrustedVpcs({ ui, hints }: Session, survey: Survey, choices: Choices): Promise<Partial<Wanted> | null> {
  const others = survey.vpcs.filter((vpc) => vpc.id !== choices.vpc);
  if (others.length === 0) return null;
  const reaches = new Set(survey.endpoints.filter(({ serviceName }) => serviceName.endsWith('.s3')).map(({ vpcId }) => vpcId));
  const options: readonly Option[] = others.map((vpc) => ({
    value: vpc.id,
    label: vpc.name === null ? vpc.id : `${vpc.name} (${vpc.id})`,
    detail: `${vpc.cidrs.join(' ')}, ${reaches.has(vpc.id) ? 'has an S3 endpoint' : 'no S3 endpoint: trusting it does nothing'}`,
  }));
  const initial = others.map(({ id }) => id).filter((id) => hints?.trustedVpcs.includes(id) === true);
  const text = `Which VPCs besides ${choices.vpc} may reach the buckets (a VPN's, for instance)?`;
  return { trustedVpcs: await ui.ask({ kind: 'checkbox', id: 'trustedVpcs', text, options, initial, flag: '--trusted-vpc' }) };
}

async function askTrustedCidrs({ ui, hints }: Session): Promise<Partial<Wanted>> {
  const { trustedCidr } = await import('../config/values.ts');
  const check = (given: readonly string[]): string | null => {
    for (const value of given) {
      const problem = trustedCidr(value);
      if (problem !== null) return `${value}: ${problem}`;
    }
    return null;
  };
  const text = 'Which public networks may reach the buckets, as S3 sees them (CIDRs, separated by commas; your own among them)?';
  const initial = hints?.trustedCidrs.join(',') ?? '';
  return { trustedCidrs: await ui.ask({ kind: 'input', id: 'trustedCidrs', text, initial, check, flag: '--trusted-cidr' }) };
}

async function askTarget(session: Session, survey: Survey): Promise<Partial<Wanted> | null> {
  const { ui, ctx } = session;
  const tree = await organizationTree(ctx);
  if (!tree.known) {
    ui.progress(`The organization's tree cannot be read (${tree.action}); the target is the account that holds the stack.`);
    return null;
  }
  const { treeLines } = await import('../ui/render-tree.ts');
  const account = survey.quilt.accountId;
  const marks = {
    [account]: 'holds the stack',
    ...(survey.organization.known ? { [survey.organization.value.managementAccountId]: 'management account, never bound' } : {}),
  };
  const options = treeLines(tree.value, marks);
  const initial = options.some(({ value }) => value === account) ? account : null;
  const text = 'What is the SCP attached to first? Begin with the account that holds the stack';
  return { targets: await ui.ask({ kind: 'tree', id: 'target', text, options, initial, flag: '--target' }) };
}
