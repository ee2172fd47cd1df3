"""Reads requests as JSON from standard input, writes each as botocore would send it to standard output."""

import json
import sys
from urllib.parse import parse_qsl, urlencode

import botocore.loaders
import botocore.model
import botocore.serialize


def named(value, shape):
    """Members by the model's own names; the input has them in another case."""
    if shape.type_name == "structure":
        names = {name.lower(): name for name in shape.members}
        return {names[key.lower()]: named(item, shape.members[names[key.lower()]]) for key, item in value.items()}
    if shape.type_name == "list":
        return [named(item, shape.member) for item in value]
    if shape.type_name == "map":
        return {key: named(item, shape.value) for key, item in value.items()}
    return value


loader = botocore.loaders.Loader()
models = {}
answers = []
for request in json.load(sys.stdin):
    service = request["service"]
    if service not in models:
        models[service] = botocore.model.ServiceModel(loader.load_service_model(service, "service-2"))
    operation = models[service].operation_model(request["action"])
    parameters = named(request["members"], operation.input_shape) if operation.input_shape else {}
    # No validation of values: lengths and patterns of the samples are not the point, names and forms are.
    wire = botocore.serialize.create_serializer(request["protocol"], False).serialize_to_request(parameters, operation)
    body = wire["body"]
    if isinstance(body, dict):
        body = dict(parse_qsl(urlencode(body), keep_blank_values=True))
    elif body:
        body = json.loads(body)
    else:
        body = {}
    path = wire["url_path"]
    query = wire["query_string"]
    answers.append({
        "method": wire["method"],
        "path": path + ("?" + urlencode(sorted(query.items())) if query else ""),
        "target": wire["headers"].get("X-Amz-Target"),
        "type": wire["headers"].get("Content-Type"),
        "body": body,
    })
json.dump(answers, sys.stdout)
