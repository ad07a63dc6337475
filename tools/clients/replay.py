"""An output folder deployed in a simulated AWS by what its manifest says, step by step, and what stands there afterwards.

The steps go through boto3 with their input files unchanged, so this is quick; that deploy.sh does the same with the `aws` program is
for check_deployment.py to show.
"""
import json

import boto3
import botocore.exceptions
import yaml
from moto.backup.models import backup_backends
from moto.cloudformation.models import cloudformation_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.organizations.models import organizations_backends

import simulated_aws

NOTHING = "No updates are to be performed"


class Organization:
    """The organization of an org.yaml: ids, and which OU or account stands below which."""

    def __init__(self, path):
        document = yaml.safe_load(path.read_text())
        self.id, self.root = document["organization"]["id"], document["root"]["id"]
        self.management = document["organization"]["management_account"]
        self.ous, self.accounts, self.parents = [], [], {}
        self.read(document["root"], self.root)

    def read(self, node, at):
        for account in node.get("accounts", []):
            self.parents[account["id"]] = at
            self.accounts.append((account["id"], account["name"]))
        for ou in node.get("ous", []):
            self.parents[ou["id"]] = at
            self.ous.append((ou["id"], ou["name"]))
            self.read(ou, ou["id"])

    def build(self, url):
        """Makes it; the server has to answer for its management account."""
        organizations = boto3_client("organizations", url)
        simulated_aws.wanted_ids.update(org=[self.id], root=[self.root], ou=[], account=[])
        organizations.create_organization(FeatureSet="ALL")
        for ou, name in self.ous:
            simulated_aws.wanted_ids["ou"] = [ou]
            organizations.create_organizational_unit(ParentId=self.parents[ou], Name=name)
        for account, name in self.accounts:
            if account == self.management:
                continue
            simulated_aws.wanted_ids["account"] = [account]
            organizations.create_account(Email=f"{account}@example.com", AccountName=name)
            if self.parents[account] != self.root:
                organizations.move_account(AccountId=account, SourceParentId=self.root, DestinationParentId=self.parents[account])

    def below(self, group):
        """Accounts that one group of instances of the manifest reaches."""
        reached = set()
        for account, _ in self.accounts:
            node = account
            while node in self.parents and node not in group["organizational_unit_ids"]:
                node = self.parents[node]
            if node in group["organizational_unit_ids"] and account != self.management:
                reached.add(account)
        if group.get("account_filter_type") == "INTERSECTION":
            reached &= set(group["accounts"])
        return reached


def boto3_client(service, url, region="us-east-1"):
    return boto3.client(service, endpoint_url=url, region_name=region, aws_access_key_id="test", aws_secret_access_key="test")


def policy_ids(url):
    organizations = boto3_client("organizations", url)
    return {policy["Name"]: policy["Id"] for policy in organizations.list_policies(Filter="BACKUP_POLICY")["Policies"]}


def is_there(step, values, url, home_region):
    """Whether what a step creates or updates is there already."""
    if "StackSetName" in values:
        sets = cloudformation_backends[simulated_aws.management()][home_region].stacksets.values()
        return any(one.name == values["StackSetName"] and one.status != "DELETED" for one in sets)
    if "StackName" in values:
        stacks = cloudformation_backends[simulated_aws.management()][step["region"]].stacks.values()
        return any(one.name == values["StackName"] and one.status != "DELETE_COMPLETE" for one in stacks)
    return None


def deploy(folder, url):
    """Does every step whose time it is, in the order of the manifest."""
    manifest = json.loads((folder / "manifest.json").read_text())
    names = {policy["slug"]: policy["name"] for policy in manifest["policies"]}
    for step in manifest["cli"]["steps"]:
        values = json.loads((folder / step["input"]).read_text())
        slug = step["id"].split(":")[1] if step["service"] == "organizations" and ":" in step["id"] else None
        known = policy_ids(url).get(names[slug]) if slug else None
        there = known is not None if slug else is_there(step, values, url, manifest["home_region"])
        if slug and step["operation"] == "attach-policy":
            targets = boto3_client("organizations", url).list_targets_for_policy(PolicyId=known)["Targets"]
            there = values["TargetId"] in [target["TargetId"] for target in targets]
        if step["operation"] == "enable-policy-type":
            types = boto3_client("organizations", url).list_roots()["Roots"][0]["PolicyTypes"]
            there = any(one["Type"] == values["PolicyType"] and one["Status"] == "ENABLED" for one in types)
        if (step["when"] == "absent" and there) or (step["when"] == "present" and not there):
            continue
        bound = {name: known for name in step.get("bind", {})}
        client = boto3_client(step["service"], url, step.get("region", manifest["home_region"]))
        try:
            getattr(client, step["operation"].replace("-", "_"))(**values, **bound)
        except botocore.exceptions.ClientError as error:
            if NOTHING not in str(error):
                raise RuntimeError(f"{step['input']}: {error}") from error


def each_backend(backends):
    for account in list(backends):
        for region in list(backends[account]):
            yield account, region, backends[account][region]


def standing(url):
    """Everything that a deployment makes, with the ids that AWS gives: two deployments are as one if this is the same."""
    organizations = boto3_client("organizations", url)
    policies = {}
    for name, policy in policy_ids(url).items():
        targets = organizations.list_targets_for_policy(PolicyId=policy)["Targets"]
        content = organizations.describe_policy(PolicyId=policy)["Policy"]["Content"]
        policies[name] = [policy, content, [target["TargetId"] for target in targets]]
    sets, stacks = {}, {}
    for account, region, backend in each_backend(cloudformation_backends):
        for one in backend.stacksets.values():
            if one.status != "DELETED":
                sets[one.name] = [one.id, one.template, str(one.parameters),
                                  sorted((instance.account_id, instance.region_name) for instance in one.stack_instances)]
        for stack in backend.stacks.values():
            if stack.status != "DELETE_COMPLETE":
                stacks[f"{account} {region} {stack.name}"] = [stack.stack_id, stack.template]
    vaults = {(account, region, name): vault.backup_vault_arn for account, region, backend in each_backend(backup_backends)
              for name, vault in backend.vaults.items()}
    keys = sorted(key for _, _, backend in each_backend(kms_backends) for key in backend.keys)
    roles = {(account, role.name): [role.id, str(role.assume_role_policy_document)]
             for account, _, backend in each_backend(iam_backends) for role in backend.roles.values()}
    return {"policies": policies, "sets": sets, "stacks": stacks, "vaults": vaults, "keys": keys, "roles": roles,
            "types": organizations.list_roots()["Roots"][0]["PolicyTypes"], "organizations": len(organizations_backends)}


def changes(before, after):
    """The names of what is not the same any more."""
    return sorted(f"{kind} {name}" for kind in before if before[kind] != after[kind]
                  for name in (set(before[kind]) ^ set(after[kind]) if isinstance(before[kind], dict) and set(before[kind]) != set(after[kind])
                               else [name for name in before[kind] if before[kind][name] != after[kind][name]]
                               if isinstance(before[kind], dict) else [""]))
