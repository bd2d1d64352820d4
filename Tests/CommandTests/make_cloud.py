"""Makes an account of AWS with something that has been backed up, for one test.

Arguments: the account's number, `instance` or `cluster`, names of snapshots. Prints what its administrator's environment has more,
as JSON. One process does it all: to start Python takes longer than any of it.
"""

import json
import sys

import boto3
from botocore.config import Config

# On a busy machine an answer takes long; to ask again for what is there already is an error.
PATIENT = Config(read_timeout=600, retries={"max_attempts": 0})


def administrator(account):
    role = boto3.client("sts", config=PATIENT).assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/administrator", RoleSessionName="test"
    )
    return role["Credentials"]


def make_instance(rds, snapshots, **password):
    rds.create_db_instance(
        DBInstanceIdentifier="orchard",
        Engine="postgres",
        EngineVersion="15.4",
        DBInstanceClass="db.m6g.large",
        AllocatedStorage=20,
        BackupRetentionPeriod=0,
        **password,
    )
    # moto takes one by itself as soon as there is an instance.
    for snapshot in rds.describe_db_snapshots()["DBSnapshots"]:
        rds.delete_db_snapshot(DBSnapshotIdentifier=snapshot["DBSnapshotIdentifier"])
    for name in snapshots:
        rds.create_db_snapshot(DBInstanceIdentifier="orchard", DBSnapshotIdentifier=name)


def make_cluster(rds, snapshots, **password):
    rds.create_db_cluster(DBClusterIdentifier="orchard", Engine="aurora-postgresql", **password)
    for name in snapshots:
        rds.create_db_cluster_snapshot(DBClusterIdentifier="orchard", DBClusterSnapshotIdentifier=name)


def main():
    account, kind, *snapshots = sys.argv[1:]
    keys = administrator(account)
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    make = make_cluster if kind == "cluster" else make_instance
    make(session.client("rds", config=PATIENT), snapshots, MasterUsername="postgres", MasterUserPassword="of-production")
    json.dump(
        {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        },
        sys.stdout,
    )


main()
