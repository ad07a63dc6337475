"""A simulated AWS on a loopback port, for the checks of this folder: moto, and what moto lacks for this purpose.

Filled in here, by what the AWS documentation says: fixed ids of the organization; backup policies; backup vaults, air-gapped
ones too, in templates; tags of KMS keys in templates; stack sets reach OUs at any depth, skip instances that exist, never reach the
management account, and let go of instances by the same targets, with their stacks or without. Everything else is moto's.
"""
import contextlib
import json
import logging
import os
import urllib.request
import uuid

from moto.backup.models import backup_backends
from moto.cloudformation import models as cloudformation
from moto.cloudformation import parsing, responses
from moto.core.common_models import CloudFormationModel
from moto.kms import models as kms
from moto.organizations import models as organizations
from moto.organizations import utils as ids
from moto.organizations.exceptions import OrganizationsClientError
from moto.server import ThreadedMotoServer

wanted_ids = {"org": [], "root": [], "ou": [], "account": []}


class Vault(CloudFormationModel):
    """AWS::Backup::BackupVault, made in moto's own backup backend."""

    __module__ = "moto.backup.vault_of_template"  # moto reads the service from the second part

    def __init__(self, name, arn):
        self.physical_resource_id, self.arn = name, arn

    @staticmethod
    def cloudformation_type():
        return "AWS::Backup::BackupVault"

    @staticmethod
    def cloudformation_name_type():
        return "BackupVaultName"

    @classmethod
    def has_cfn_attr(cls, attr):
        return attr in ("BackupVaultArn", "BackupVaultName")

    def get_cfn_attribute(self, attr):
        return self.arn if attr == "BackupVaultArn" else self.physical_resource_id

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        properties = cloudformation_json["Properties"]
        vault = backup_backends[account_id][region_name].create_backup_vault(
            resource_name, properties.get("BackupVaultTags", {}), properties.get("EncryptionKeyArn"), "")
        return cls(resource_name, vault.backup_vault_arn)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, *_, **__):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, _json, account_id, region_name):
        backup_backends[account_id][region_name].delete_backup_vault(resource_name)


class SealedVault(Vault, CloudFormationModel):
    """AWS::Backup::LogicallyAirGappedBackupVault, to moto a vault as any other. It looks for direct heirs of its model alone."""

    __module__ = "moto.backup.vault_of_template"

    @staticmethod
    def cloudformation_type():
        return "AWS::Backup::LogicallyAirGappedBackupVault"


def members(organization, targets):
    """Account ids that a service-managed stack set reaches."""
    wanted = list(targets.get("OrganizationalUnitIds", []))
    for ou in wanted:
        wanted += [child.id for child in organization.ou if child.parent_id == ou and child.id not in wanted]
    reached = [account.id for account in organization.accounts if account.parent_id in wanted]
    if targets.get("AccountFilterType") == "INTERSECTION":
        reached = [account for account in reached if account in targets["Accounts"]]
    if targets.get("AccountFilterType") == "DIFFERENCE":
        reached = [account for account in reached if account not in targets["Accounts"]]
    return [account for account in reached if account != organization.org.master_account_id]


def create_instances(self, accounts, regions, parameters, deployment_targets, permission_model):
    known = {(instance.account_id, instance.region_name) for instance in self.stack_instances}
    made = []
    for region in regions:
        for account in members(self.org_backend, deployment_targets):
            if (account, region) not in known:
                made.append(cloudformation.StackInstance(
                    account_id=account, region_name=region, stackset_id=self.stackset_id, stack_name=self.stack_name,
                    name=self.stackset_name, template=self.template, parameters=parameters,
                    permission_model=permission_model))
    self.stack_instances += made
    return [instance.to_dict() for instance in made]


def delete_instances(self):
    """Answers DeleteStackInstances of a service-managed stack set."""
    stack_set = self.cloudformation_backend.describe_stack_set(self._get_param("StackSetName"))
    instances = stack_set.instances
    gone = members(instances.org_backend, self._get_param("DeploymentTargets", {}))
    for instance in list(instances.stack_instances):
        if instance.account_id in gone and instance.region_name in self._get_param("Regions", []):
            if not self._get_bool_param("RetainStacks"):
                instance.delete()
            instances.stack_instances.remove(instance)
    operation = str(uuid.uuid4())
    stack_set._create_operation(operation_id=operation, action="DELETE", status="SUCCEEDED", accounts=[], regions=[])
    return responses.ActionResult({"OperationId": operation})


def fixed(kind, original):
    return lambda *arguments: wanted_ids[kind].pop(0) if wanted_ids[kind] else original(*arguments)


def with_backup_policies(original):
    def init(self, organization, **values):
        if values.get("Type") != "BACKUP_POLICY":
            return original(self, organization, **values)
        try:
            document = json.loads(values["Content"])
        except ValueError as error:
            raise OrganizationsClientError("MalformedPolicyDocumentException", str(error)) from error
        if list(document) != ["plans"] or len(values["Content"]) > 10000:
            raise OrganizationsClientError("MalformedPolicyDocumentException", "no backup policy")
        original(self, organization, **{**values, "Type": "TAG_POLICY"})
        self.type = "BACKUP_POLICY"
        return None
    return init


def with_key_tags(original):
    def create(cls, resource_name, cloudformation_json, account_id, region_name, **more):
        properties = dict(cloudformation_json["Properties"])
        properties["Tags"] = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
        return original.__func__(cls, resource_name, {**cloudformation_json, "Properties": properties}, account_id,
                                 region_name, **more)
    return classmethod(create)


def install():
    ids.make_random_org_id = fixed("org", ids.make_random_org_id)
    ids.make_random_root_id = fixed("root", ids.make_random_root_id)
    ids.make_random_ou_id = fixed("ou", ids.make_random_ou_id)
    ids.make_random_account_id = fixed("account", ids.make_random_account_id)
    organizations.FakePolicy.__init__ = with_backup_policies(organizations.FakePolicy.__init__)
    cloudformation.StackInstances.create_instances = create_instances
    responses.CloudFormationResponse.delete_stack_instances = delete_instances
    kms.Key.create_from_cloudformation_json = with_key_tags(kms.Key.create_from_cloudformation_json)
    for cache in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        cache.cache_clear()


def management():
    return os.environ["MOTO_ACCOUNT_ID"]


@contextlib.contextmanager
def server(account):
    """The address of a simulated AWS that answers for a management account."""
    os.environ["MOTO_ACCOUNT_ID"] = account
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    try:
        yield "http://%s:%d" % running.get_host_and_port()
    finally:
        running.stop()


def reset(url):
    urllib.request.urlopen(urllib.request.Request(url + "/moto-api/reset", method="POST")).read()
