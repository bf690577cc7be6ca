// The commander program: the commands, their flags and their help. It is read by --help, --version and completion, so it
// loads no more than commander.
import { Command, Option } from 'commander';
import { programVersion } from '../version.ts';
import { examplesOf } from './examples.ts';
import type { CommandName, Flags } from './flags.ts';

/** What was asked for. */
export interface Asked {
  readonly name: CommandName;
  readonly args: readonly string[];
  readonly flags: Flags;
}

/**
 * The commander program: every command with its options and help. It loads nothing else of ours.
 * @param take called with what was asked for; not called where commander has already answered (help, version)
 */
export function programOf(take: (asked: Asked) => void): Command {
  const program = everywhere(new Command('quilt-perimeter'));
  program
    .description('Takes a Quilt stack from an open network to an S3 data perimeter: analyse, apply, prove, undo.')
    .version(programVersion, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .usage('<command> [flags]')
    .configureHelp({ minWidthToWrap: 30 })
    .addHelpText('after', helpFooter);
  const add = (name: CommandName, args: string, description: string, ...groups: readonly Add[]): Command => {
    const command = program
      .command(args === '' ? name : `${name} ${args}`)
      .description(description)
      .helpOption('--help', 'print this help')
      .addHelpText('after', `${examplesOf(name)}\n\nquilt-perimeter --help lists the options that every command takes.`);
    for (const group of groups) group(command);
    command.optionsGroup('Options:');
    command.action((...given: unknown[]) => {
      const positional = given
        .slice(0, -2)
        .flat()
        .filter((value): value is string => typeof value === 'string');
      take({ name, args: positional, flags: command.optsWithGlobals<Flags>() });
    });
    return command;
  };
  add(
    'init',
    '',
    'guided: find, ask, show, confirm step by step; writes quilt-perimeter.yaml; run again to go on',
    choices,
    which,
    within,
    waiting,
    assessing,
    yes,
  );
  add('plan', '', 'read only: what would change, and the findings', choices, which, within)
    .option('--out <FILE>', 'save the plan for apply')
    .option('--detailed-exitcode', 'exit 4 where there are changes');
  add('apply', '[PLAN]', 'make the changes, confirming each step', choices, which, within, waiting, assessing, yes);
  add('rollback', '', 'put everything back, denies first', yes)
    .option('--to <STEP>', 'keep this step and those before it')
    .option('--accept <CODE>', 'QP703: also undo what somebody changed since', list)
    .option('--print', 'write the AWS CLI commands that put everything back, as a script; asks AWS nothing, changes nothing')
    .option('--release-address', 'also release an Elastic IP that a policy or security group lists');
  add('confirm', '', 'make what --confirm-within put on permanent', yes)
    .option('--accept <CODE>', 'QP302: also where S3 refuses the sentinel', list)
    .option('--skip-probes', 'leave the live probes out');
  add('status', '', 'journal and AWS side by side: done, pending, drifted, half-made', choices).addHelpText(
    'after',
    "\nWhat neither a flag nor the file says is taken from the last run's journal.",
  );
  add('explain', '[NEW]', 'one request: allowed or denied, by which statement, which condition, what would change that', perimeter)
    .option('--as <PRINCIPAL>', 'an ARN, anonymous, service:NAME or root:ACCOUNT (default: you)')
    .option(
      '--from <WHERE>',
      'a VPC, a subnet, a public address, or service:NAME for a call on behalf (default: yours, if --operator-ip says it)',
    )
    .option('--to <BUCKET[/KEY]>', 'the bucket, or the object')
    .option('--action <ACTION>', 'default: s3:GetObject for an object, s3:ListBucket for a bucket')
    .option('--tag <K=V>', "all the principal's tags (repeat, or separate by commas; default: what IAM tells)", list)
    .option('--live', 'against what is attached now, not the perimeter of this folder')
    .option('--error <TEXT>', "AWS's message of a refusal (- for standard input)")
    .option('--requests <FILE>', 'answer one JSON object a line (- for standard input)')
    .option('--diff <OLD>', 'which requests change their verdict between two policies: --diff OLD NEW')
    .addHelpText('after', '\nThe exit code is 0 whatever the verdict is.');
  add(
    'assess',
    '[SOURCE...]',
    'replay CloudTrail against the perimeter before it is there: passes, newly denied or unknown',
    perimeter,
    reading,
  )
    .option('--client-cidr <CIDR>', 'private networks whose clients use the API endpoint', list)
    .option('--network', 'no logs: from every subnet of the trusted VPCs to every bucket, which way, and what the perimeter says')
    .option('--max-denied <N>', 'exit 3 where more paths than this are newly denied (with --network: subnets)')
    .option('--offline', 'ask AWS nothing; every account in the log is taken to be under a target')
    .addHelpText('after', '\nSOURCE: a folder or files of CloudTrail logs, s3://BUCKET/PREFIX, or\nathena://WORKGROUP/DATABASE.TABLE.');
  add('verify', '', 'does it work: every promise of the perimeter, checked against AWS: ✓, ✗ or ?, and the evidence', choices)
    .option('--wait <DURATION>', 'look again until all is ✓, at most so long: 15m, 1h')
    .option('--junit <FILE>', 'also write the result as JUnit XML')
    .option('--dns [SERVER]', 'also where the names of S3 and of the API lead from here, or by a DNS server (IP[:PORT])')
    .addHelpText(
      'after',
      "\nExit code 0 only where all is ✓; 1 with a ✗, 3 with a ? and no ✗. It reads,\nand asks S3 for two keys that do not exist; it changes nothing. What neither a\nflag nor the file says is taken from the last run's journal, to which a\nline with the result is added.",
    );
  add('watch', '[SOURCE...]', 'follow denials after it is on: predicted, unpredicted, and what is silent', perimeter)
    .option('--for <DURATION>', 'end after this time: 45s, 30m, 8h (default: until Ctrl-C)')
    .option('--every <DURATION>', 'look for new logs this often (default: 60s)')
    .option('--since <TIME>', 'from this time on: 2026-05-01T12:00:00Z, or 2h for two hours ago (default: since it was put on)')
    .option('--revert-above <N>', 'undo the last step that denies once more calls than this are refused that were assessed as passing')
    .option('--vpce-map <FILE>', 'JSON: VPC ids by endpoint id, beside what AWS tells')
    .option('--principal-tags <FILE>', 'JSON: tags by ARN of role or user, and * for all others')
    .addHelpText(
      'after',
      "\nSOURCE: a folder that CloudTrail's logs arrive in, or s3://BUCKET/PREFIX.\nCloudTrail may lag 15 minutes. It only reads, but for --revert-above: that undoes\na bucket policy by itself, an SCP only once a person says yes. Exit code 3 where\ncalls were refused that were assessed as passing.",
    );
  add('report', '', 'one self-contained page for whoever approves the change, and the evidence once it is verified', choices, reading)
    .option('--out <FILE>', 'where it is written (default: quilt-perimeter-report.html, or .md)')
    .option('--format <html|md>', 'a page, or Markdown for a pull request (default: html)')
    .option('--assess <SOURCE>', 'tell what these recorded calls would meet (repeat; default: what apply --assess found)', sources)
    .addHelpText(
      'after',
      "\nIt changes nothing. Before apply it is a change request, after verify the evidence, and it says which.\nWhat neither a flag nor the file says is taken from the last run's journal.",
    );
  add('sandbox', '[SCENARIO]', 'serve the embedded AWS on 127.0.0.1').addOption(new Option('--port <N>', 'port (default: a free one)'));
  add('completion', '<bash|zsh|fish|powershell>', 'print a script that makes the shell complete commands, flags and values').addHelpText(
    'after',
    `
For this shell:            source <(quilt-perimeter completion bash)
                           source <(quilt-perimeter completion zsh)
                           quilt-perimeter completion fish | source
                           quilt-perimeter completion powershell | Out-String | Invoke-Expression
For every shell to come, put that line into ~/.bashrc, ~/.zshrc (after compinit), ~/.config/fish/config.fish or $PROFILE.`,
  );
  return program;
}

const list = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...value.split(',').map((item) => item.trim()),
];

type Add = (command: Command) => Command;

const everywhere: Add = (command) =>
  command
    .optionsGroup('Every command:')
    .option('--dir <DIR>', 'folder of quilt-perimeter.yaml and .quilt-perimeter/ (default: the current one)')
    .option('--config <FILE>', 'another quilt-perimeter.yaml')
    .option('--profile <PROFILE>', 'profile for the Quilt account')
    .option('--region <NAME>', "the stack's Region")
    .option('--role-arn <ARN>', 'role to assume in the Quilt account')
    .option('--org-profile <PROFILE>', 'profile for the organization (default: the same base credentials)')
    .option('--org-role-arn <ARN>', 'role to assume for the organization')
    .option('--sandbox [SCENARIO]', 'use the embedded AWS; a scenario only as --sandbox=SCENARIO')
    .option('--sandbox-speed <N>', 'simulated seconds per second (default: 60)')
    .option('--sandbox-reset', 'begin the sandbox anew')
    .option('--json', 'print JSON; never asks')
    .option('--quiet', 'results and errors only')
    .option('--verbose', 'also what is merely good to know')
    .option('--debug', 'also the stack of an error')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .option('--plain', 'for screen readers: no colours, no boxes, nothing that is drawn anew');

/** The choices that describe the perimeter. */
const perimeter: Add = (command) =>
  command
    .optionsGroup('What the perimeter is:')
    .option('--stack <NAME>', 'the CloudFormation stack')
    .option('--parameter <NAME>', "the stack's parameter for the endpoint id")
    .option('--vpc <ID>', "the stack's VPC")
    .option('--subnet <ID>', "the stack's private subnets (repeat, or separate by commas)", list)
    .option('--bucket <PATTERN>', 'buckets behind the perimeter (default: quilt*)', list)
    .option('--trusted-vpc <ID>', "VPCs trusted besides the stack's", list)
    .option('--trusted-cidr <CIDR>', 'public addresses trusted, as S3 sees them', list)
    .option('--exempt-tag <KEY>', 'tag whose carriers pass (default: NetworkRestrictedExempt)')
    .option('--policy-name <NAME>', 'name of the SCP (default: QuiltDataPerimeter)')
    .option('--vpc-key <id|arn>', 'condition key for VPCs (default: id)')
    .option('--test-bucket <NAME>', 'clean bucket on which the bucket policy is tried')
    .option('--target <ID>', 'what the SCP is attached to, in order (default: the account that holds the stack)', list)
    .option('--operator-ip <IP>', 'your public address as S3 sees it');

const choices: Add = (command) =>
  perimeter(command)
    .optionsGroup('What is built, and what may pass:')
    .option('--private-dns <on|off>', 'private DNS for execute-api (default: on)')
    .option('--nat <auto|single|per-zone|none>', 'NAT gateways where private subnets have no egress (default: auto)')
    .option('--client-cidr <CIDR>', 'private networks whose clients use the API endpoint', list)
    .option('--accept <CODE>', 'error findings that may pass on purpose (repeat, or separate by commas)', list);

const which: Add = (command) =>
  command
    .optionsGroup('Which steps:')
    .option('--until <STEP>', 'stop after this step')
    .option('--only <STEP>', 'only these steps', list)
    .option('--skip <STEP>', 'leave these steps out', list)
    .option('--skip-probes', 'leave the live probes out');

const carriedOut = 'How it is carried out:';

const within: Add = (command) =>
  command
    .optionsGroup(carriedOut)
    .option('--confirm-within <DURATION>', 'what denies stands only so long (5m to 12h) unless confirmed; AWS ends it by itself');

const waiting: Add = (command) =>
  command
    .optionsGroup(carriedOut)
    .option('--wait <DURATION>', "wait at most so long (15m, 1h) for runs of Quilt's canaries that show that it works (QP413)");

// Sources may hold commas, so each takes a flag of its own.
const sources = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

const assessing: Add = (command) =>
  command
    .optionsGroup(carriedOut)
    .option('--assess <SOURCE>', 'assess recorded calls (CloudTrail: a folder, files, s3://) before anything denies (repeat)', sources)
    .option('--max-denied <N>', 'with --assess: stop where more paths than this would be newly denied (default: 0)');

/** How recorded calls are read. */
const reading: Add = (command) =>
  command
    .optionsGroup('How recorded calls are read:')
    .option('--since <TIME>', 'from this time on: 2026-05-01, 2026-05-01T12:00:00Z, or 30d for thirty days ago')
    .option('--before <TIME>', 'before this time')
    .option('--workers <N>', 'threads that unpack and read (default: as many as there are processors)')
    .option('--max-scan-gb <N>', 'the most that Athena may scan, in 10^9 bytes')
    .option('--vpce-map <FILE>', 'JSON: VPC ids by endpoint id, beside what AWS tells')
    .option('--principal-tags <FILE>', 'JSON: tags by ARN of role or user, and * for all others');

const yes: Add = (command) =>
  command.optionsGroup(carriedOut).option('--yes', 'answer yes to every confirmation; error findings still stop');

const helpFooter = `
First steps:
  quilt-perimeter init --sandbox   the whole job on the embedded AWS, no account
  quilt-perimeter plan             what would change in yours; changes nothing
  quilt-perimeter apply --until bucket-policy

Exit codes: 0 done, 1 failed, 2 bad input, 3 stopped on purpose,
4 there are changes (plan --detailed-exitcode), 130 interrupted.

The options above stand before or after any command;
quilt-perimeter COMMAND --help lists the command's own.`;
