"""Writes templates/aws/resource-schemas.json: what mldeploy itself knows of CloudFormation's resource types.

The source are the schemas that cfn-lint carries (pip install cfn-lint). Run it when a template uses a new type, or to follow AWS:

    python build/resource-schemas.py

Kept: each type's properties with kind, enumeration, pattern and limits, what is required, what replaces the resource when it
changes, and the attributes of Fn::GetAtt; beside it the names of all types, so that a misspelt one is told. Left out: prose, and
conditions between properties, which cfn-lint itself checks when it is installed.
"""
import json
import pathlib
import re
from importlib.metadata import version

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

REGION = "us-east-1"
ROOT = pathlib.Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates" / "aws"

# What templates/aws uses is found there; these are what applications add by `overrides` most.
OFTEN_ADDED = """
AWS::CertificateManager::Certificate AWS::DynamoDB::Table AWS::EC2::SecurityGroupEgress AWS::EC2::SecurityGroupIngress
AWS::ElasticLoadBalancingV2::ListenerRule AWS::IAM::ManagedPolicy AWS::IAM::Policy AWS::Logs::MetricFilter
AWS::Logs::SubscriptionFilter AWS::Route53::RecordSet AWS::SQS::Queue AWS::SSM::Parameter AWS::WAFv2::WebACLAssociation
""".split()

KEPT = {"enum": "enum", "pattern": "pattern", "minLength": "minLength", "maxLength": "maxLength", "minimum": "min", "maximum": "max", "minItems": "minItems", "maxItems": "maxItems"}


def node(schema):
    """One property: only what is checked."""
    if "$ref" in schema:
        return {"ref": schema["$ref"].rsplit("/", 1)[1]}
    kind = schema.get("type")
    if isinstance(kind, list):
        # A policy document and its kin: an object, or the same as text.
        kind = "json" if "object" in kind else next((k for k in kind if k != "null"), "json") if len([k for k in kind if k != "null"]) == 1 else "any"
    if kind is None:
        kind = "object" if "properties" in schema else "any"
    if kind == "object" and "properties" not in schema and "patternProperties" not in schema and "additionalProperties" not in schema:
        kind = "json"
    kept = {"kind": kind}
    for name, short in KEPT.items():
        if name in schema and not (name in ("minLength", "minItems") and schema[name] == 0):
            kept[short] = schema[name]
    if kind == "array":
        kept["items"] = node(schema["items"]) if "items" in schema else {"kind": "any"}
    if kind == "object":
        if "properties" in schema:
            kept["properties"] = {name: node(value) for name, value in sorted(schema["properties"].items())}
            if schema.get("required"):
                kept["required"] = sorted(schema["required"])
        else:
            values = list(schema.get("patternProperties", {}).values()) or [schema.get("additionalProperties")]
            kept["values"] = node(values[0]) if isinstance(values[0], dict) else {"kind": "any"}
    return kept


def paths(schema, key):
    return sorted(path.removeprefix("/properties/").replace("/properties/", "/") for path in schema.get(key, []))


def resource(type_name):
    found = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, type_name)
    schema = found.schema
    read_only = {path for path in paths(schema, "readOnlyProperties") if "/" not in path}
    properties = {name: value for name, value in schema["properties"].items() if name not in read_only}
    top = node({"type": "object", "properties": properties, "required": schema.get("required", [])})
    kept = {"attributes": sorted(found.get_atts.keys()), **top}
    del kept["kind"]
    for key, short in (("createOnlyProperties", "createOnly"), ("conditionalCreateOnlyProperties", "maybeCreateOnly"), ("primaryIdentifier", "identifier")):
        if paths(schema, key):
            kept[short] = paths(schema, key)
    definitions = {name: node(value) for name, value in schema.get("definitions", {}).items()}
    wanted, pending = {}, [top]
    while pending:
        for name in re.findall(r'"ref": "(\w+)"', json.dumps(pending.pop())):
            if name not in wanted and name in definitions:
                wanted[name] = definitions[name]
                pending.append(definitions[name])
    if wanted:
        kept["definitions"] = dict(sorted(wanted.items()))
    return kept


def main():
    used = set(re.findall(r"^    Type: (AWS::\S+)", "\n".join(file.read_text() for file in TEMPLATES.glob("*.yaml")), re.M))
    used.add("AWS::SNS::Subscription")  # added by the renderer, one for each address
    types = {name: resource(name) for name in sorted(used | set(OFTEN_ADDED))}
    others = sorted(name for name in PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION) if name.startswith("AWS::") and name not in types)
    head = {"source": f"cfn-lint {version('cfn-lint')}, region {REGION}"}
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(value, sort_keys=True, separators=(',', ':'))}" for name, value in types.items())
    services = {}
    for name in others:
        _, service, kind = name.split("::", 2)
        services.setdefault(service, []).append(kind)
    rest = ",\n".join(f" {json.dumps(service)}: {json.dumps(' '.join(kinds))}" for service, kinds in sorted(services.items()))
    (TEMPLATES / "resource-schemas.json").write_text(f'{{"source": {json.dumps(head["source"])},\n"types": {{\n{lines}\n}},\n"others": {{\n{rest}\n}}}}\n')


main()
