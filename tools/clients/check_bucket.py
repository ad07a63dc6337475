#!/usr/bin/env python3
"""usage: check_bucket.py PROGRAM SEED_FOLDER

Builds the seed with --template-bucket, lets cli/deploy.sh copy the templates with the real `aws` program into a bucket of a simulated
AWS, twice: each object holds the template whose hash is its name, and the second run copies nothing. Then everything is deployed
from there, where CloudFormation reads the templates by their addresses. Exit status 0 good, 1 bad.
"""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import check_files
import replay
import simulated_aws

BUCKET, PREFIX, REGION = "templates-1", "backup/v1/", "eu-west-1"
ADDRESS = f"https://{BUCKET}.s3.{REGION}.amazonaws.com/{PREFIX.rstrip('/')}"
faults = []


def expect(holds, text):
    if not holds:
        faults.append(text)


def copy_templates(folder, url):
    environment = {**os.environ, "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "ONLY_TEMPLATES": "1",
                   "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    done = subprocess.run(["sh", str(folder / "cli/deploy.sh")], env=environment, capture_output=True, text=True, timeout=300)
    expect(done.returncode == 0, f"deploy.sh ends with {done.returncode}: {done.stderr[-600:]}")
    return done.stderr


def check_objects(folder, url):
    storage = replay.boto3_client("s3", url, REGION)
    objects = {row["Key"] for row in storage.list_objects_v2(Bucket=BUCKET)["Contents"]}
    wanted = {}
    for path in (folder / "templates").glob("*.json"):
        wanted[f"{PREFIX}{hashlib.sha256(path.read_bytes()).hexdigest()}.template.json"] = path.read_bytes()
    expect(objects == set(wanted), f"the bucket holds {sorted(objects)}")
    for key in objects & set(wanted):
        expect(storage.get_object(Bucket=BUCKET, Key=key)["Body"].read() == wanted[key], f"{key}: another text")


def check_deployed(folder, organization, url):
    organization.build(url)
    replay.deploy(folder, url)
    first = replay.standing(url)
    replay.deploy(folder, url)
    expect(not replay.changes(first, replay.standing(url)), "deployed again, something changes")
    for row in json.loads((folder / "manifest.json").read_text())["stack_sets"]:
        body = first["sets"][row["name"]][1]
        expect(json.loads(body) == json.loads((folder / row["template"]).read_text()), f"{row['name']} has another template")
        expect(len(first["sets"][row["name"]][3]) > 0, f"{row['name']} has no instance")


def main():
    program, seed = sys.argv[1], pathlib.Path(sys.argv[2])
    simulated_aws.install()
    organization = replay.Organization(seed / "org.yaml")
    with tempfile.TemporaryDirectory() as work, simulated_aws.server(organization.management) as url:
        folder = pathlib.Path(work) / "out"
        subprocess.run([program, "-C", str(seed), "build", "-q", "--as-of", "2026-11-02", "--out", str(folder), "--template-bucket", ADDRESS],
                       check=True)
        check_files.faults = faults
        check_files.check(folder)
        replay.boto3_client("s3", url, REGION).create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        first, second = copy_templates(folder, url), copy_templates(folder, url)
        expect(first.count("copy ") == 3 and "copy " not in second, f"copied is {first} and then {second}")
        check_objects(folder, url)
        check_deployed(folder, organization, url)
    print("\n".join(faults) or "templates copied once and deployed from their addresses")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
