"""Checks manifests, read as YAML from stdin, against the schemas of Kubernetes and of custom resources.

    validate.py FOLDER VERSION... < manifests.yaml

FOLDER has a folder for each age of the custom resources, like `oldest`, with their definitions. Each VERSION is one of
Kubernetes, like 1.30. A field that a schema does not know is an error, since a cluster would silently drop it. A kind without
a schema is an error too. The program prints a line for each problem.
"""

import sys
from pathlib import Path

import jsonschema
import kubernetes_validate
import yaml


def closed(schema):
    """Returns the schema of a definition so that objects with named fields take no other ones."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(part) for key, part in schema.items()}
    open_ended = "additionalProperties" in schema or schema.get("x-kubernetes-preserve-unknown-fields")
    if isinstance(schema.get("properties"), dict) and not open_ended:
        schema["additionalProperties"] = False
    return schema


def definitions(folder):
    """Returns validators for each kind and version of the custom resources defined in the folders of a folder, by age."""
    validators = {}
    for path in sorted(Path(folder).glob("*/*.yaml")):
        spec = yaml.safe_load(path.read_text())["spec"]
        for version in filter(lambda version: version["served"], spec["versions"]):
            schema = closed(version["schema"]["openAPIV3Schema"])
            kind = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
            validators.setdefault(kind, {})[path.parent.name] = jsonschema.Draft202012Validator(schema)
    return validators


def problems(manifest, custom, versions):
    """Yields what is wrong with a manifest."""
    validators = custom.get((manifest.get("apiVersion"), manifest.get("kind")))
    if validators:
        for age, validator in validators.items():
            for error in validator.iter_errors(manifest):
                yield f"{error.json_path} ({age}): {error.message}"
        return
    for version in versions:
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{error.json_path} (Kubernetes {version}): {error.message}"
        except kubernetes_validate.SchemaNotFoundError as error:
            yield error.message


def main(folder, *versions):
    custom, found = definitions(folder), 0
    for manifest in filter(None, yaml.safe_load_all(sys.stdin)):
        name = f"{manifest.get('kind')} {manifest.get('metadata', {}).get('name')}"
        for problem in problems(manifest, custom, versions):
            print(f"{name}: {problem}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
