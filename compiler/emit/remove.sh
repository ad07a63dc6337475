#!/bin/sh
# Removes what an earlier build deployed and this one no longer has, with the AWS CLI, as the
# management account. Run it after deploy.sh. Needs sh, cat, sleep and aws.
#
#   remove.sh               shows each class of removals, and goes on when "yes" is typed
#   remove.sh --yes CLASS   does not ask for CLASS; may be repeated: policy-attachment, policy,
#                           stack-instances, stack-set, management-stack, vault
#
# Vaults, keys and roles stay: stack sets let go of them, stacks retain them. The one exception is a
# stack of the management account whose deployed template does not retain its vault (keep = off):
# deleting it deletes vault and key, and for that "delete vaults" has to be typed, or --yes vault
# given beside --yes management-stack. What is gone already is passed over. What to do stands in
# remove.tsv; nothing here is generated.
#   ONLY=CLASS,CLASS these classes alone
#   POLL_SECONDS=10  pause between two looks at a running operation
# Where a delegated administrator has the stack sets, ONLY is obligatory, and the script is run once
# with the credentials of each account.
set -euf

folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tab=$(printf '\t')
newline='
'
# Texts are UTF-8, whatever the locale here.
export AWS_CLI_FILE_ENCODING=UTF-8 PYTHONIOENCODING=utf-8 PYTHONUTF8=1
call_as=SELF
home_region=us-east-1
global_region=us-east-1
agreed=

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "remove.sh: $*"
  exit 1
}

# Standard input is for the answers of a person alone.
stacks_in() { # REGION COMMAND...
  at=$1
  shift
  aws --region "$at" --output text cloudformation "$@" </dev/null
}

sets() { # COMMAND...: about stack sets
  if [ "$call_as" = SELF ]; then
    stacks_in "$home_region" "$@"
  else
    stacks_in "$home_region" "$@" --call-as "$call_as"
  fi
}

organization() { aws --region "$global_region" --output text organizations "$@" </dev/null; }

input() { printf 'file://%s/%s' "$folder" "$1"; }

wait_for_operation() { # STACK-SET OPERATION
  while :; do
    status=$(sets describe-stack-set-operation --stack-set-name "$1" \
      --operation-id "$2" --query StackSetOperation.Status)
    case $status in
      SUCCEEDED) return 0 ;;
      FAILED | STOPPED)
        sets list-stack-set-operation-results --stack-set-name "$1" \
          --operation-id "$2" >&2 || :
        fail "stack set $1: operation $2 ended as $status"
        ;;
    esac
    sleep "${POLL_SECONDS:-10}"
  done
}

policy_id() { # KEY: the id of the policy whose name stands in KEY.name; empty if there is none
  wanted=$(cat "$folder/$1.name") || return 1
  listed=$(organization list-policies --filter BACKUP_POLICY \
    --query 'Policies[].[Id,Name]') || return 1
  while IFS=$tab read -r id name; do
    if [ "$name" = "$wanted" ]; then
      printf '%s' "$id"
      return 0
    fi
  done <<LISTED
$listed
LISTED
}

detach_policy() { # KEY TARGET
  policy=$(policy_id "$1")
  attached=
  if [ -n "$policy" ]; then
    attached=$(organization list-targets-for-policy --policy-id "$policy" \
      --query 'Targets[].[TargetId]')
  fi
  case "$newline$attached$newline" in
    *"$newline$2$newline"*)
      organization detach-policy --policy-id "$policy" \
        --cli-input-json "$(input "$1.detach-policy.$2.json")"
      say "  detached from $2"
      ;;
    *) say "  not attached to $2 any more" ;;
  esac
}

delete_policy() { # KEY: refused by AWS while it is attached anywhere
  policy=$(policy_id "$1")
  if [ -z "$policy" ]; then
    say "  gone already"
    return 0
  fi
  organization delete-policy --policy-id "$policy" \
    --cli-input-json "$(input "$1.delete-policy.json")"
  say "  deleted $policy"
}

stack_set_is_there() { # STACK-SET
  if found=$(sets describe-stack-set --stack-set-name "$1" --query StackSet.Status 2>&1); then
    [ "$found" != DELETED ]
    return
  fi
  case $found in
    *StackSetNotFound*) return 1 ;;
    *) fail "stack set $1: $found" ;;
  esac
}

delete_instances() { # KEY STACK-SET NUMBER: the stacks stay, and all that is in them
  if ! stack_set_is_there "$2"; then
    say "  gone already"
    return 0
  fi
  any=$(sets list-stack-instances --stack-set-name "$2" --query 'Summaries[0].Account')
  if [ "$any" = None ] || [ -z "$any" ]; then
    say "  gone already"
    return 0
  fi
  if answer=$(stacks_in "$home_region" delete-stack-instances \
    --cli-input-json "$(input "$1.delete-stack-instances.$3.json")" \
    --query OperationId 2>&1); then
    wait_for_operation "$2" "$answer"
    say "  let go"
  else
    case $answer in
      *StackInstanceNotFound*) say "  gone already" ;;
      *) fail "stack set $2: $answer" ;;
    esac
  fi
}

delete_stack_set() { # KEY STACK-SET: refused by AWS while it has instances
  if ! stack_set_is_there "$2"; then
    say "  gone already"
    return 0
  fi
  stacks_in "$home_region" delete-stack-set --cli-input-json "$(input "$1.delete-stack-set.json")"
  say "  deleted"
}

# Whether the deployed template lets the vault go with the stack; for a template that cannot be read
# the answer is yes.
takes_vault() { # REGION STACK
  if ! fates=$(stacks_in "$1" get-template --stack-name "$2" \
    --query "TemplateBody.Resources.*.[Type, DeletionPolicy || 'Delete']" 2>&1); then
    case $fates in
      *"does not exist"*) return 1 ;;
      *) return 0 ;;
    esac
  fi
  case $newline$fates in
    *"Vault${tab}Retain"* | *"${newline}AWS::IAM::Role$tab"*) return 1 ;;
  esac
}

delete_stack() { # KEY REGION STACK
  if ! found=$(stacks_in "$2" describe-stacks --stack-name "$3" \
    --query 'Stacks[0].StackStatus' 2>&1); then
    case $found in
      *"does not exist"*)
        say "  gone already"
        return 0
        ;;
      *) fail "stack $3 in $2: $found" ;;
    esac
  fi
  stacks_in "$2" delete-stack --cli-input-json "$(input "$1.$2.delete-stack.json")"
  stacks_in "$2" wait stack-delete-complete --stack-name "$3"
  say "  deleted"
}

describe() { # CLASS KEY FIRST SECOND
  case $1 in
    policy-attachment) say "policy $(cat "$folder/$2.name"): detach from $3" ;;
    policy) say "policy $(cat "$folder/$2.name"): delete" ;;
    stack-instances) say "stack set $3: let go of instances, part $4 ($2.delete-stack-instances.$4.json)" ;;
    stack-set) say "stack set $3: delete" ;;
    management-stack)
      if takes_vault "$3" "$4"; then
        say "stack $4 in $3: delete, AND ITS VAULT AND KEY WITH IT (AWS refuses while there are backups in it)"
      else
        say "stack $4 in $3: delete; what it made stays"
      fi
      ;;
  esac
}

remove() { # CLASS KEY FIRST SECOND
  case $1 in
    policy-attachment) detach_policy "$2" "$3" ;;
    policy) delete_policy "$2" ;;
    stack-instances) delete_instances "$2" "$3" "$4" ;;
    stack-set) delete_stack_set "$2" "$3" ;;
    management-stack) delete_stack "$2" "$3" "$4" ;;
  esac
}

for_each() { # CLASS COMMAND...: with the class and the fields of each of its lines
  class=$1
  shift
  while IFS=$tab read -r what key first second <&3; do
    if [ "$what" = "$class" ]; then
      "$@" "$what" "$key" "$first" "${second:-}"
    fi
  done 3<"$folder/remove.tsv"
}

announce_and_remove() {
  describe "$@"
  remove "$@"
}

note_vault() { # CLASS KEY REGION STACK
  if takes_vault "$3" "$4"; then
    vaults_go=yes
  fi
}

is_agreed() { # CLASS: by --yes, else the class is shown and a person asked
  word=yes
  vaults_go=
  if [ "$1" = management-stack ]; then
    for_each "$1" note_vault
  fi
  if [ -n "$vaults_go" ]; then
    word='delete vaults'
  fi
  case "$word: $agreed" in
    "yes: "*" $1 "* | *" vault "*" $1 "* | *" $1 "*" vault "*) return 0 ;;
  esac
  for_each "$1" describe
  printf 'Type %s to remove these: ' "$word" >&2
  IFS= read -r answer || answer=
  [ "$answer" = "$word" ]
}

while [ $# -gt 0 ]; do
  case $1${2+ $2} in
    "--yes policy-attachment" | "--yes policy" | "--yes stack-instances" | "--yes stack-set" | \
      "--yes management-stack" | "--yes vault") agreed="$agreed $2 " ;;
    *)
      say "usage: remove.sh [--yes CLASS]...; CLASS is policy-attachment, policy, stack-instances,"
      say "  stack-set, management-stack or vault"
      exit 2
      ;;
  esac
  shift 2
done

check_only() {
  rest=${ONLY:-}
  while [ -n "$rest" ]; do
    kind=${rest%%,*}
    case $rest in *,*) rest=${rest#*,} ;; *) rest= ;; esac
    case $kind in
      policy-attachment | policy | stack-instances | stack-set | management-stack) ;;
      *) fail "ONLY: unknown class \"$kind\"" ;;
    esac
  done
}

take_caller() { # SELF or DELEGATED_ADMIN
  case $1 in
    SELF) return 0 ;;
    DELEGATED_ADMIN) call_as=$1 ;;
    *) fail "remove.tsv: unknown caller \"$1\"" ;;
  esac
  [ -n "${ONLY:-}" ] ||
    fail "the stack sets are a delegated administrator's, the rest is the management account's; run
  ONLY=policy-attachment,policy    with credentials of the management account, then
  ONLY=stack-instances,stack-set   with those of the delegated administrator, then
  ONLY=management-stack            with those of the management account"
}

check_only
classes=
while IFS=$tab read -r what first _; do
  case $what in
    organization) wanted_organization=$first ;;
    home-region) home_region=$first ;;
    global-region) global_region=$first ;;
    call-as) take_caller "$first" ;;
    policy-attachment | policy | stack-instances | stack-set | management-stack)
      case " $classes " in
        *" $what "*) ;;
        *) classes="$classes $what" ;;
      esac
      ;;
    *) fail "remove.tsv: unknown line \"$what\"" ;;
  esac
done <"$folder/remove.tsv"

here=$(organization describe-organization --query Organization.Id)
[ "$here" = "${wanted_organization:-}" ] ||
  fail "these credentials are of organization $here, this folder is of ${wanted_organization:-none}"

for class_now in policy-attachment policy stack-instances stack-set management-stack; do
  case ,${ONLY:-$class_now}, in
    *",$class_now,"*) ;;
    *) continue ;;
  esac
  case " $classes " in
    *" $class_now "*) ;;
    *) continue ;;
  esac
  say "== $class_now"
  is_agreed "$class_now" || fail "stopped before $class_now: nothing of it was removed"
  for_each "$class_now" announce_and_remove
done
say "done"
