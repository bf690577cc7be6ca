// The examples of every command's help: command lines that can be typed as they stand, and what each is for.

interface Example {
  readonly line: string;
  readonly what: string;
}

/** By the command's name. */
const examples: { readonly [command: string]: readonly Example[] } = {
  init: [
    { line: 'quilt-perimeter init --sandbox', what: 'the whole job on the embedded AWS, no account' },
    { line: 'quilt-perimeter init --profile quilt --org-profile org', what: 'in yours: asks, shows, confirms each step' },
    { line: 'quilt-perimeter init --until bucket-policy', what: 'as far as the test bucket' },
  ],
  plan: [
    { line: 'quilt-perimeter plan', what: 'what apply would do; changes nothing' },
    { line: 'quilt-perimeter plan --out change.json', what: 'to be approved; then: apply change.json' },
    { line: 'quilt-perimeter plan --json --detailed-exitcode', what: 'in a pipeline: exit 4 where there are changes' },
  ],
  apply: [
    { line: 'quilt-perimeter apply --until bucket-policy', what: 'endpoints, NAT and the test bucket first' },
    { line: 'quilt-perimeter apply --confirm-within 15m', what: 'what denies ends by itself unless confirmed' },
    { line: 'quilt-perimeter apply --assess ./trail --max-denied 0', what: 'stop where recorded calls would be denied' },
    { line: 'quilt-perimeter apply change.json --yes', what: 'a saved plan, without questions' },
  ],
  rollback: [
    { line: 'quilt-perimeter rollback', what: 'everything, denies first' },
    { line: 'quilt-perimeter rollback --to nat', what: 'lift the policies, keep the network' },
    { line: 'quilt-perimeter rollback --print', what: 'as a script of AWS CLI commands' },
  ],
  confirm: [{ line: 'quilt-perimeter confirm', what: 'make permanent what --confirm-within put on' }],
  status: [
    { line: 'quilt-perimeter status', what: 'what stands, what drifted, what is to do' },
    { line: 'quilt-perimeter status --verbose', what: 'every change' },
  ],
  explain: [
    { line: 'quilt-perimeter explain --from 198.51.100.7 --to quilt-a/k', what: 'may you read it from there?' },
    { line: 'quilt-perimeter explain --as anonymous --to quilt-a --live', what: 'under what is attached now' },
    { line: 'quilt-perimeter explain --error -', what: "AWS's message, from standard input" },
    { line: 'quilt-perimeter explain --diff old.json new.json', what: 'whose verdict changes between two policies' },
  ],
  assess: [
    { line: 'quilt-perimeter assess ./trail --since 30d', what: 'log files of the last thirty days' },
    { line: 'quilt-perimeter assess s3://trail-bucket/AWSLogs', what: 'where CloudTrail keeps them' },
    { line: 'quilt-perimeter assess --network', what: 'no logs: every subnet to every bucket' },
  ],
  verify: [
    { line: 'quilt-perimeter verify', what: 'exit 0 only when every promise holds' },
    { line: 'quilt-perimeter verify --wait 15m', what: 'wait for canaries and propagation' },
  ],
  watch: [{ line: 'quilt-perimeter watch s3://trail-bucket/AWSLogs', what: 'denials as CloudTrail delivers them' }],
  report: [
    { line: 'quilt-perimeter report', what: 'before apply the change request, after it the evidence' },
    { line: 'quilt-perimeter report --format md --out change.md', what: 'for a pull request' },
  ],
  sandbox: [
    { line: 'quilt-perimeter sandbox brownfield --port 4566', what: 'for any AWS client on this machine' },
    { line: 'quilt-perimeter plan --sandbox=large', what: 'no server: any command on a sandbox of its own' },
  ],
  completion: [
    { line: 'quilt-perimeter completion bash', what: 'printed; its first lines say where it belongs' },
    { line: 'quilt-perimeter completion zsh', what: 'the same for zsh' },
  ],
};

/** The examples as help shows them, each with what it is for under it or beside it; an empty string for a command without. */
export function examplesOf(command: string): string {
  const own = examples[command] ?? [];
  if (own.length === 0) return '';
  const width = Math.max(...own.map(({ line }) => line.length));
  const beside = own.every(({ what }) => 2 + width + 3 + what.length <= 80);
  const lines = own.map(({ line, what }) => (beside ? `  ${line.padEnd(width)}   ${what}` : `  ${line}\n      ${what}`));
  return ['', 'Examples:', ...lines].join('\n');
}
