#!/bin/sh
# Deploys this folder with the AWS CLI, as the management account: creates what is missing, updates
# what is there, deletes nothing. Needs sh, cat, sed, sleep, sha256sum (or shasum) and aws.
#
# What to do stands in plan.tsv, every value in the input files beside it; nothing here is generated.
#   SKIP_PREREQS=1   leave the switches of the organization alone
#   ONLY_TEMPLATES=1 copy templates into their bucket and stop, for the other ways to deploy
#   ONLY=KIND,KIND   these kinds of lines of the plan alone: prerequisites, template, stack,
#                    stack-set, policy
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

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "deploy.sh: $*"
  exit 1
}

# The plan is on standard input of the main loop: no command may read from there.
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

# Every file is what manifest.json beside this folder says, or nothing is deployed: a copy that broke
# off, a merge gone wrong or an edit by hand would otherwise deploy half of one build.
check_files() {
  whole=$folder/..
  manifest=$whole/manifest.json
  [ -r "$manifest" ] || fail "no manifest.json above $folder; keep the folder that backpol wrote whole"
  listed=$(sed -n 's/^    "\([A-Za-z0-9._/-]*\)": "\([0-9a-f]*\)",\{0,1\}$/\2  \1/p' "$manifest" |
    sed -n '/^[0-9a-f]\{64\}  /p')
  case $newline$listed$newline in
    *"  cli/deploy.sh$newline"*"  cli/plan.tsv$newline"*) ;;
    *) fail "manifest.json does not list the files of this folder; run backpol build again" ;;
  esac
  if command -v sha256sum >/dev/null 2>&1; then
    sum=sha256sum
  else
    sum='shasum -a 256'
  fi
  if ! bad=$(cd "$whole" && printf '%s\n' "$listed" | LC_ALL=C $sum -c 2>&1); then
    printf '%s\n' "$bad" | sed -n '/: OK$/!p' >&2
    fail "files differ from manifest.json; run backpol build again, then deploy"
  fi
}

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

switch_on_prerequisites() {
  if [ "${SKIP_PREREQS:-0}" != 1 ]; then
    stacks_in "$home_region" activate-organizations-access
    organization enable-aws-service-access --service-principal backup.amazonaws.com
  fi
  enabled=$(organization list-roots --query \
    "Roots[0].PolicyTypes[?Type=='BACKUP_POLICY' && Status=='ENABLED'].Type")
  case $enabled in
    *BACKUP_POLICY*) ;;
    *)
      say "enable backup policies"
      organization enable-policy-type \
        --cli-input-json "$(input organization.enable-policy-type.json)" >/dev/null
      ;;
  esac
}

copy_template() { # FILE REGION BUCKET/KEY: its name is its hash, so what is there is right
  if aws --region "$2" s3api head-object --bucket "${3%%/*}" --key "${3#*/}" \
    >/dev/null 2>&1 </dev/null; then
    return 0
  fi
  say "copy $1"
  aws --region "$2" s3 cp --only-show-errors "$folder/../$1" "s3://$3" </dev/null
}

deploy_stack() { # KEY REGION STACK: in the management account, where no stack set gets to
  if found=$(stacks_in "$2" describe-stacks --stack-name "$3" \
    --query 'Stacks[0].StackStatus' 2>&1); then
    say "update stack $3 in $2"
    if answer=$(stacks_in "$2" update-stack \
      --cli-input-json "$(input "$1.$2.update-stack.json")" 2>&1); then
      stacks_in "$2" wait stack-update-complete --stack-name "$3"
    else
      case $answer in
        *"No updates are to be performed"*) say "  nothing to change" ;;
        *) fail "stack $3 in $2: $answer" ;;
      esac
    fi
    return 0
  fi
  case $found in
    *"does not exist"*) ;;
    *) fail "stack $3 in $2: $found" ;;
  esac
  say "create stack $3 in $2"
  stacks_in "$2" create-stack --cli-input-json "$(input "$1.$2.create-stack.json")" >/dev/null
  stacks_in "$2" wait stack-create-complete --stack-name "$3"
}

deploy_stack_set() { # KEY STACK-SET GROUPS
  if found=$(sets describe-stack-set --stack-set-name "$2" --query StackSet.StackSetId 2>&1); then
    say "update stack set $2"
    operation=$(stacks_in "$home_region" update-stack-set \
      --cli-input-json "$(input "$1.update-stack-set.json")" --query OperationId)
    wait_for_operation "$2" "$operation"
  else
    case $found in
      *StackSetNotFound*) ;;
      *) fail "stack set $2: $found" ;;
    esac
    say "create stack set $2"
    stacks_in "$home_region" create-stack-set \
      --cli-input-json "$(input "$1.create-stack-set.json")" >/dev/null
  fi
  # Instances that exist are skipped, so this adds new places and repairs a run that broke off.
  number=1
  while [ "$number" -le "$3" ]; do
    say "  instances of $2, group $number of $3"
    operation=$(stacks_in "$home_region" create-stack-instances \
      --cli-input-json "$(input "$1.create-stack-instances.$number.json")" --query OperationId)
    wait_for_operation "$2" "$operation"
    number=$((number + 1))
  done
}

# Which account may do what is the business of its administrators: nothing is tried that fails.
take_caller() { # SELF or DELEGATED_ADMIN
  case $1 in
    SELF) return 0 ;;
    DELEGATED_ADMIN) call_as=$1 ;;
    *) fail "plan.tsv: unknown caller \"$1\"" ;;
  esac
  [ -n "${ONLY:-}" ] || [ "${ONLY_TEMPLATES:-0}" = 1 ] ||
    fail "the stack sets are a delegated administrator's, the rest is the management account's; run
  ONLY=prerequisites,stack    with credentials of the management account, then
  ONLY=template,stack-set     with those of the delegated administrator, then
  ONLY=policy                 with those of the management account, or of whom it lets do that"
}

check_only() {
  rest=${ONLY:-}
  while [ -n "$rest" ]; do
    kind=${rest%%,*}
    case $rest in *,*) rest=${rest#*,} ;; *) rest= ;; esac
    case $kind in
      prerequisites | template | stack | stack-set | policy) ;;
      *) fail "ONLY: unknown kind \"$kind\"; it takes prerequisites, template, stack, stack-set, policy" ;;
    esac
  done
}

is_asked_for() { # KIND
  case $1 in
    home-region | global-region | call-as) return 0 ;;
  esac
  [ "${ONLY_TEMPLATES:-0}" != 1 ] || [ "$1" = template ] || return 1
  case ,${ONLY:-$1}, in
    *",$1,"*) return 0 ;;
  esac
  return 1
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

deploy_policy() { # KEY TARGET,TARGET...
  policy=$(policy_id "$1")
  if [ -z "$policy" ]; then
    say "create $1"
    policy=$(organization create-policy --cli-input-json "$(input "$1.create-policy.json")" \
      --query Policy.PolicySummary.Id)
  else
    say "update $1 ($policy)"
    organization update-policy --policy-id "$policy" \
      --cli-input-json "$(input "$1.update-policy.json")" >/dev/null
  fi
  attached=$(organization list-targets-for-policy --policy-id "$policy" \
    --query 'Targets[].[TargetId]')
  rest=$2
  while [ -n "$rest" ]; do
    target=${rest%%,*}
    case $rest in *,*) rest=${rest#*,} ;; *) rest= ;; esac
    case "$newline$attached$newline" in
      *"$newline$target$newline"*) ;;
      *)
        say "  attach to $target"
        organization attach-policy --policy-id "$policy" \
          --cli-input-json "$(input "$1.attach-policy.$target.json")"
        ;;
    esac
  done
}

check_only
check_files
while IFS=$tab read -r what first second third; do
  is_asked_for "$what" || continue
  case $what in
    template) copy_template "$first" "$second" "$third" ;;
    home-region) home_region=$first ;;
    global-region) global_region=$first ;;
    call-as) take_caller "$first" ;;
    prerequisites) switch_on_prerequisites ;;
    stack) deploy_stack "$first" "$second" "$third" ;;
    stack-set) deploy_stack_set "$first" "$second" "$third" ;;
    policy) deploy_policy "$first" "${second:-}" ;;
    *) fail "plan.tsv: unknown line \"$what\"" ;;
  esac
done <"$folder/plan.tsv"
say "done"
