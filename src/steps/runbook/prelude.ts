// The functions that every script of a rollback begins with. Bash 3.2 is enough for them, and nothing but the AWS CLI is needed.

/** The script's functions; they use `$here`, `$region`, `$work` and `$poll_seconds`. */
export const prelude = `say() { printf '%s\\n' "$*"; }
fail() { printf '%s\\n' "$*" >&2; exit 1; }

# rows: what the AWS CLI prints as text, one value a line, in order.
rows() { tr '\\t' '\\n' | sed -e '/^$/d' -e '/^None$/d' | LC_ALL=C sort -u; }

# facts: what the AWS CLI prints as text, one fact a line: its name, a space, its value. values NAME FACTS: those of that name.
facts() { tr '\\t' ' ' | LC_ALL=C sort -u; }
values() { printf '%s\\n' "$2" | sed -n -e "s/^$1 //p"; }

# among VALUE ROWS: whether the value is one of the rows.
among() {
  case "
$2
" in
    *"
$1
"*) return 0 ;;
  esac
  return 1
}

# ask MISSING COMMAND...: prints the answer; nothing where AWS answers with an error that MISSING matches (-: none does).
ask() {
  local missing="$1"
  shift
  if "$@" >"$work/answer" 2>"$work/error"; then
    cat "$work/answer"
  elif [ "$missing" = - ] || ! grep -Eq -- "$missing" "$work/error"; then
    cat "$work/error" >&2
    return 1
  fi
}

# seek MISSING COMMAND...: as ask, for up to a minute while there is nothing: what was made just now may not show yet.
seek() {
  local tries=12 found
  while :; do
    found="$(ask "$@" | rows)" || return 1
    if [ -n "$found" ] || [ "$tries" -le 0 ]; then break; fi
    tries=$((tries - 1))
    sleep "$poll_seconds"
  done
  printf '%s\\n' "$found"
}

# await WHAT SECONDS WANTED MISSING COMMAND...: asks until the answer is WANTED, for about so many seconds.
await() {
  local what="$1" left="$2" wanted="$3" missing="$4" told=no there
  shift 4
  while :; do
    there="$(ask "$missing" "$@" | rows)"
    if [ "$there" = "$wanted" ]; then return 0; fi
    if [ "$left" -le 0 ]; then fail "Waiting until $what took too long. Run this script again to go on."; fi
    if [ "$told" = no ]; then say "   waiting until $what"; fi
    told=yes
    left=$((left - 5))
    sleep "$poll_seconds"
  done
}

# send DONE COMMAND...: sends a change. An error that DONE matches (-: none does) says that there is nothing to do any more. While AWS is busy
# with another change, or has not let go of what is being deleted, it is sent again for about 15 minutes.
busy='ConcurrentModification|OperationAborted|PolicyChangesInProgress|TooManyRequests|Throttl|RequestLimitExceeded|SlowDown'
busy="$busy|DependencyViolation|InvalidGroup[.]InUse|InvalidIPAddress[.]InUse|InvalidChangeSetStatus"
send() {
  local done="$1" left=900
  shift
  while ! "$@" >"$work/answer" 2>"$work/error"; do
    if [ "$done" != - ] && grep -Eq -- "$done" "$work/error"; then
      : >"$work/answer"
      return 0
    fi
    if ! grep -Eq -- "$busy" "$work/error" || [ "$left" -le 0 ]; then
      cat "$work/error" >&2
      return 1
    fi
    left=$((left - 5))
    sleep "$poll_seconds"
  done
}

# refused PATTERN: whether the last question was answered with such an error.
refused() { grep -Eq -- "$1" "$work/error"; }

# same_policy TEXT FILE: whether both say the same: byte for byte or, where there is a python3, whatever the white space, the
# order of keys and of texts in a list, and lists of one.
same_policy() {
  if [ "$1" = "$(cat "$2")" ]; then return 0; fi
  if ! command -v python3 >/dev/null 2>&1; then return 1; fi
  printf '%s' "$1" | python3 -c '
import json, sys
def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [plain(item) for item in value]
        if all(isinstance(item, str) for item in items):
            items = sorted(set(items))
        return items[0] if len(items) == 1 else items
    return str(value).lower() if isinstance(value, bool) else str(value)
try:
    one = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    with open(sys.argv[1], "rb") as file:
        other = json.loads(file.read().decode("utf-8"))
except ValueError:
    sys.exit(1)
sys.exit(0 if plain(one) == plain(other) else 1)
' "$2"
}

# says TEXT FILE...: whether the text says the same as one of the files. An empty file stands for no policy.
says() {
  local text="$1" file
  shift
  for file in "$@"; do
    if same_policy "$text" "$file"; then return 0; fi
  done
  return 1
}

# await_policy WHAT FILE MISSING COMMAND...: asks until the answer says what the file says, or there is nothing any more.
await_policy() {
  local what="$1" file="$2" missing="$3" left=120 there
  shift 3
  while :; do
    there="$(ask "$missing" "$@")"
    if [ -z "$there" ] || same_policy "$there" "$file"; then return 0; fi
    if [ "$left" -le 0 ]; then fail "Waiting until $what took too long. Run this script again to go on."; fi
    left=$((left - 5))
    sleep "$poll_seconds"
  done
}

kept=' ' number=0 binds=no binding=no undone_count=0 kept_count=0

# undo NUMBER TITLE CARRIES BINDS: begins a change; false where one of those that stand on it was kept.
undo() {
  local each
  number="$1" binds="$4"
  say "$1. $2"
  for each in $3; do
    case "$kept" in
      *" $each "*)
        keep "change $each, which is kept, stands on it"
        return 1
        ;;
    esac
  done
  return 0
}
already() { say "   nothing to do: $1"; }
keep() {
  kept="$kept$number "
  kept_count=$((kept_count + 1))
  if [ "$binds" = yes ]; then binding=yes; fi
  say "   KEPT: $1"
}
undone() {
  undone_count=$((undone_count + 1))
  say "   undone"
}

# changed THERE LEFT: keeps what somebody changed since, and shows both versions.
changed() {
  keep 'somebody changed it since, and nothing that somebody changed is overwritten. There is:'
  say "\${1:-nothing}"
  say '   and this tool left:'
  say "\${2:-nothing}"
}

# used ROWS: whether others use it; it is kept then.
used() {
  if [ -z "$1" ]; then return 1; fi
  keep "others use it: $(printf '%s' "$1" | tr '\\n' ' ')"
}

# needed: whether something of the perimeter was kept; those who pass it rely on the way that leads through this.
needed() {
  if [ "$binding" = no ]; then return 1; fi
  keep 'the perimeter may still stand, and those who pass it rely on the way that leads through this'
}`;
