"""A simulated AWS for check_inventory.py: moto on a loopback port, behind a front that adds what moto lacks for reading an
organization.

Filled in here, by what the AWS documentation says: delegated administrators of AWS Backup; account Regions; global and Region settings of AWS Backup; access
policies of vaults; logically air-gapped vaults; the alias aws/backup; where stack sets go; and pages: every list that AWS gives in pages
comes PAGE things at a time, from Organizations with an empty page first. Whose account a call is about, its credentials say.
Everything else is moto's.
"""
import io
import json
import re
import threading
import urllib.parse

from moto.backup.models import backup_backends
from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.organizations.models import FakeDelegatedAdministrator
from werkzeug.serving import WSGIRequestHandler, make_server

MANAGEMENT = "111122223333"  # the account of the key "test"
PAGE = 2
# Operation: the list in the answer, the token in the next call, the token in the answer.
PAGED = {
    "ListAccounts": ("Accounts", "NextToken", "NextToken"),
    "ListAccountsForParent": ("Accounts", "NextToken", "NextToken"),
    "ListOrganizationalUnitsForParent": ("OrganizationalUnits", "NextToken", "NextToken"),
    "ListRoots": ("Roots", "NextToken", "NextToken"),
    "ListPolicies": ("Policies", "NextToken", "NextToken"),
    "ListTargetsForPolicy": ("Targets", "NextToken", "NextToken"),
    "ListTagsForResource": ("Tags", "NextToken", "NextToken"),
    "ListAWSServiceAccessForOrganization": ("EnabledServicePrincipals", "NextToken", "NextToken"),
    "ListDelegatedAdministrators": ("DelegatedAdministrators", "NextToken", "NextToken"),
    "ListBackupVaults": ("BackupVaultList", "nextToken", "NextToken"),
    "ListRegions": ("Regions", "NextToken", "NextToken"),
    "ListAliases": ("Aliases", "Marker", "NextMarker"),
}
KEY_OF_AWS_BACKUP = "0bacc000-0000-4000-8000-000000000001"
TOKEN = re.compile(r"page-(\d+)")


class Call:
    """One request, with its service, operation, account and Region."""

    def __init__(self, environ):
        self.environ = environ
        self.method, self.path = environ["REQUEST_METHOD"], urllib.parse.unquote(environ["PATH_INFO"])
        self.body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        scope = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        key, self.region, self.service = scope.groups() if scope else ("", "", "")
        self.account = get_account_id_from(key)
        if key == "test":
            self.account = environ["HTTP_X_MOTO_ACCOUNT_ID"] = MANAGEMENT
        self.query = dict(urllib.parse.parse_qsl(environ.get("QUERY_STRING", "")))
        self.operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        if self.service == "backup" and self.method == "GET" and self.path.rstrip("/") == "/backup-vaults":
            self.operation = "ListBackupVaults"
        if self.service == "account":
            self.operation = self.path[1:2].upper() + self.path[2:]

    def json(self):
        return json.loads(self.body or b"{}")


class Front:
    def __init__(self, application):
        self.application = application
        self.calls = []
        self.clear()

    def clear(self):
        self.region_states = {}    # (account, Region): state
        self.cross_account = {}    # account: "true"
        self.preferences = {}      # (account, Region): answer of describe-region-settings
        self.vault_policies = {}   # (account, Region, vault): text
        self.stack_members = {}    # stack set: elements of its description
        self.vault_members = {}    # (account, Region, vault): members of its entry in lists

    def __call__(self, environ, start_response):
        call = Call(environ)
        self.calls.append((call.service, call.operation, call.method, call.path))
        answer = self.own(call)
        if answer is None and call.operation in PAGED:
            answer = self.page(call)
        if answer is None and call.service == "iam":
            form = dict(urllib.parse.parse_qsl(call.body.decode()))
            form.setdefault("MaxItems", str(PAGE))
            call.body = urllib.parse.urlencode(form).encode()
        if answer is None:
            status, headers, body = self.ask_moto(call)
            if call.service == "cloudformation":
                body = self.described(call, body)
        else:
            status, document = answer
            headers, body = [("Content-Type", "application/json")], json.dumps(document).encode()
            if status[0] != "2":
                headers.append(("x-amzn-ErrorType", document["Code"]))
        start_response(status, [header for header in headers if header[0].lower() != "content-length"] +
                       [("Content-Length", str(len(body)))])
        return [body]

    def ask_moto(self, call):
        environ = {**call.environ, "wsgi.input": io.BytesIO(call.body), "CONTENT_LENGTH": str(len(call.body)),
                   "QUERY_STRING": urllib.parse.urlencode(call.query)}
        told = []
        body = b"".join(self.application(environ, lambda status, headers, *_: told.extend((status, headers))))
        return told[0], told[1], body

    def whole_list(self, call, name):
        """All of a list, however moto cuts it."""
        if call.operation == "ListRegions":
            return self.regions(call), {}
        things = []
        while True:
            status, _, body = self.ask_moto(call)
            if status[:3] != "200":
                raise LookupError
            document = json.loads(body)
            things += document.pop(name)
            token = document.pop("NextToken", None)
            if not token:
                return things, document
            call.body = json.dumps({**call.json(), "NextToken": token}).encode()

    def page(self, call):
        name, token_in, token_out = PAGED[call.operation]
        values = call.query if call.operation == "ListBackupVaults" else call.json()
        found = TOKEN.fullmatch(values.pop(token_in, "") or "")
        start = int(found.group(1)) if found else 0
        if call.operation != "ListBackupVaults":
            call.body = json.dumps(values).encode()
        try:
            things, document = self.whole_list(call, name)
        except LookupError:
            return None
        if call.operation == "ListAliases":
            things.append({"AliasName": "alias/aws/backup", "TargetKeyId": KEY_OF_AWS_BACKUP, "AliasArn":
                           f"arn:aws:kms:{call.region}:{call.account}:alias/aws/backup"})
        if call.operation == "ListBackupVaults":
            for thing in things:
                thing.update(self.vault_members.get((call.account, call.region, thing["BackupVaultName"]), {}))
        size = PAGE
        if call.service == "organizations":  # Organizations may give pages with nothing on them
            size, start = (0, 0) if not found and things else (PAGE, max(0, start - 1))
        document[name] = things[start:start + size]
        document.pop("Truncated", None)
        if start + size < len(things):
            following = start + size + (1 if call.service == "organizations" else 0)
            document[token_out] = f"page-{following}"
        if call.operation == "ListAliases":
            document["Truncated"] = token_out in document
        return "200 OK", document

    def described(self, call, body):
        """Remembers where a stack set goes, and says so in its description."""
        form = dict(urllib.parse.parse_qsl(call.body.decode()))
        name = form.get("StackSetName")
        if form.get("Action") == "CreateStackInstances":
            lists = {word: [value for key, value in sorted(form.items()) if key.startswith(f"{prefix}{word}.member.")]
                     for word, prefix in (("OrganizationalUnitIds", "DeploymentTargets."), ("Regions", ""))}
            self.stack_members[name] = "<AutoDeployment><Enabled>true</Enabled></AutoDeployment>" + "".join(
                f"<{word}>{''.join(f'<member>{value}</member>' for value in values)}</{word}>" for word, values in lists.items())
        if form.get("Action") == "DescribeStackSet":
            body = body.replace(b"</StackSet>", self.stack_members.get(name, "").encode() + b"</StackSet>")
        return body

    def regions(self, call):
        account = call.json().get("AccountId", call.account)
        opt_in = {region: state for (whose, region), state in self.region_states.items() if whose == account}
        opt_in.setdefault("ap-southeast-4", "DISABLED")
        always = dict.fromkeys(("us-east-1", "eu-west-1", "eu-central-1"), "ENABLED_BY_DEFAULT")
        return [{"RegionName": name, "RegionOptStatus": state} for name, state in sorted({**always, **opt_in}.items())]

    def own(self, call):
        """Answers of operations that moto lacks; None for all others."""
        if call.service == "account" and call.operation == "EnableRegion":
            self.region_states[call.account, call.json()["RegionName"]] = "ENABLED"
            return "200 OK", {}
        if call.service != "backup":
            return None
        if call.path == "/global-settings":
            if call.method == "PUT":
                self.cross_account.update({call.account: call.json()["GlobalSettings"]["isCrossAccountBackupEnabled"]})
                return "200 OK", {}
            return "200 OK", {"GlobalSettings": {"isCrossAccountBackupEnabled": self.cross_account.get(call.account, "false")},
                              "LastUpdateTime": 1793600000.5}
        if call.path == "/account-settings":
            if call.method == "PUT":
                self.preferences[call.account, call.region] = call.json()
                return "200 OK", {}
            return "200 OK", self.preferences.get((call.account, call.region), {"ResourceTypeOptInPreference": {"EBS": True},
                                                                                "ResourceTypeManagementPreference": {}})
        policy = re.fullmatch(r"/backup-vaults/([^/]+)/access-policy", call.path)
        if policy:
            return self.vault_policy(call, policy.group(1))
        sealed = re.fullmatch(r"/logically-air-gapped-backup-vaults/([^/]+)", call.path)
        if sealed:
            return self.sealed_vault(call, sealed.group(1))
        return None

    def vault_policy(self, call, vault):
        place = (call.account, call.region, vault)
        if call.method == "PUT":
            self.vault_policies[place] = call.json()["Policy"]
            return "200 OK", {}
        if place not in self.vault_policies:
            return "400 Bad Request", {"Code": "ResourceNotFoundException", "Type": "Client",
                                       "Message": f"Backup vault {vault} has no access policy."}
        arn = f"arn:aws:backup:{call.region}:{call.account}:backup-vault:{vault}"
        return "200 OK", {"BackupVaultName": vault, "BackupVaultArn": arn, "Policy": self.vault_policies[place]}

    def sealed_vault(self, call, vault):
        backup_backends[call.account][call.region].create_backup_vault(vault, {}, None, "")
        self.vault_members[call.account, call.region, vault] = {
            "VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT", "VaultState": "AVAILABLE", "Locked": True,
            "MinRetentionDays": call.json()["MinRetentionDays"], "MaxRetentionDays": call.json()["MaxRetentionDays"],
            "EncryptionKeyType": "AWS_OWNED_KMS_KEY"}
        return "200 OK", {"BackupVaultName": vault}


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


class Server:
    """`with Server() as server`: server.url, server.front."""

    def __enter__(self):
        if "backup.amazonaws.com" not in FakeDelegatedAdministrator.SUPPORTED_SERVICES:
            FakeDelegatedAdministrator.SUPPORTED_SERVICES.append("backup.amazonaws.com")
        self.front = Front(DomainDispatcherApplication(create_backend_app))
        self.server = make_server("127.0.0.1", 0, self.front, threaded=True, request_handler=Quiet)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
