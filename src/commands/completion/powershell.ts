// Completion for PowerShell 5.1 and later, as data and one function that looks it up.
import { type CompletedFlag, type CompletedProgram, indexOf, listsOf, type Values, type Word } from './model.ts';

/** The script for `quilt-perimeter completion powershell | Out-String | Invoke-Expression`. */
export function powershellCompletion(program: CompletedProgram): string {
  const lists = listsOf(program);
  const all = [{ name: '', flags: program.flags }, ...program.commands];
  return `# quilt-perimeter: completion for PowerShell
# quilt-perimeter completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName ${quoted(program.name)} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = [ordered]@{
${program.commands.map(({ name, about }) => `    ${quoted(name)} = ${quoted(about)}`).join('\n')}
  }
  # Values and what they are; a list that is empty is for files, folders and what only you know.
  $lists = @{
    '' = @()
    'profiles' = @()
${lists.map((words, index) => `    '${index}' = @(${words.map(wordOf).join(', ')})`).join('\n')}
  }
  # By command, '' for all of them: name, description, list, whether the value is the next word.
  $flags = @{
${all.map(({ name, flags }) => `    ${quoted(name)} = @(\n${flags.map((flag) => `      ${flagRow(flag, lists)}`).join(',\n')}\n    )`).join('\n')}
  }
  $arguments = @{
${program.commands.map(({ name, args }) => `    ${quoted(name)} = @(${args.map((values) => listName(values, lists)).join(', ')})`).join('\n')}
  }

  $before = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
  $command = ''
  $number = 0
  $pending = $null
  foreach ($word in $before) {
    if ($null -ne $pending) { $pending = $null; continue }
    if ($word.StartsWith('-')) {
      $known = @($flags[$command]) + @($flags['']) | Where-Object { $_[0] -eq $word } | Select-Object -First 1
      if ($null -ne $known -and $known[3]) { $pending = $known }
    }
    elseif ($command -eq '') { if ($commands.Contains($word)) { $command = $word } }
    else { $number++ }
  }

  $prefix = ''
  $list = ''
  $candidates = @()
  if ($null -eq $pending -and $wordToComplete -match '^(--[^=]+)=') {
    $prefix = $Matches[0]
    $name = $Matches[1]
    $pending = @($flags[$command]) + @($flags['']) | Where-Object { $_[0] -eq $name } | Select-Object -First 1
  }
  if ($null -ne $pending) {
    $list = $pending[2]
    if ($wordToComplete.Contains(',')) { $prefix = $wordToComplete.Substring(0, $wordToComplete.LastIndexOf(',') + 1) }
  }
  elseif ($wordToComplete.StartsWith('-')) {
    $candidates = @($flags[$command]) + @($flags['']) | ForEach-Object { , @($_[0], $_[1]) }
  }
  elseif ($command -eq '') {
    $candidates = $commands.Keys | ForEach-Object { , @($_, $commands[$_]) }
  }
  else {
    $own = @($arguments[$command])
    if ($number -lt $own.Count) { $list = $own[$number] }
  }
  if ($list -eq 'profiles') {
    $file = if ($env:AWS_CONFIG_FILE) { $env:AWS_CONFIG_FILE } else { Join-Path $HOME '.aws/config' }
    if (Test-Path $file) {
      $candidates = Get-Content $file | Where-Object { $_ -match '^\\[(?:profile\\s+)?(.+)\\]$' -and $_ -match '^\\[(profile\\s|default\\])' } |
        ForEach-Object { , @(($_ -replace '^\\[(profile\\s+)?(.+)\\]$', '$2'), 'profile') }
    }
  }
  elseif ($list -ne '') { $candidates = $lists[$list] }
  $candidates | Where-Object { ($prefix + $_[0]).StartsWith($wordToComplete) } | ForEach-Object {
    $about = if ($_[1]) { $_[1] } else { $_[0] }
    [System.Management.Automation.CompletionResult]::new($prefix + $_[0], $_[0], 'ParameterValue', $about)
  }
}`;
}

const wordOf = ({ value, about }: Word): string => `@(${quoted(value)}, ${quoted(about)})`;

const flagRow = (flag: CompletedFlag, lists: readonly (readonly Word[])[]): string =>
  `@(${quoted(flag.name)}, ${quoted(flag.about)}, ${flag.values === null ? "''" : listName(flag.values, lists)}, ${flag.values !== null && !flag.optional ? '$true' : '$false'})`;

function listName(values: Values, lists: readonly (readonly Word[])[]): string {
  switch (values.kind) {
    case 'words':
      return quoted(String(indexOf(lists, values.words)));
    case 'profiles':
      return "'profiles'";
    // PowerShell itself offers files where a completer offers nothing.
    case 'files':
    case 'folders':
    case 'free':
      return "''";
    default:
      return values satisfies never;
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
