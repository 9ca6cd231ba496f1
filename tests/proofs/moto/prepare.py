"""Runs in the environment of moto: makes a private bucket and a key that may use it, and prints the key."""

import json
import sys

import boto3  # type: ignore[import-not-found]

endpoint, name, region = sys.argv[1:]
given = {
    "endpoint_url": endpoint,
    "region_name": region,
    "aws_access_key_id": "first",
    "aws_secret_access_key": "first",
}
boto3.client("s3", **given).create_bucket(
    Bucket=name, CreateBucketConfiguration={"LocationConstraint": region}
)
iam = boto3.client("iam", **given)
iam.create_user(UserName="site")
policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        }
    ],
}
iam.put_user_policy(UserName="site", PolicyName="bucket", PolicyDocument=json.dumps(policy))
key = iam.create_access_key(UserName="site")["AccessKey"]
print(json.dumps({"key_id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}))
