#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what no schema can: that the manifests fit together. Prints those that have a schema in Kubernetes itself.

check.py FILE    FILE is the output of `kubectl kustomize`
"""
import sys

import yaml

# Resources of operators; their names and references are checked here, but not their fields.
FOREIGN = {"ServiceMonitor", "PodMonitor", "ScaledObject", "TriggerAuthentication"}
POD = ("spec", "template", "spec")
faults = []


def fault(thing, text):
    faults.append(f"{thing['kind']} {thing['metadata']['name']}: {text}")


def at(thing, *path):
    for key in path:
        thing = (thing or {}).get(key)
    return thing


def selects(selector, labels):
    """Whether a label selector matches; an empty one matches everything."""
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    for rule in selector.get("matchExpressions") or []:
        if rule["operator"] != "In":
            raise SystemExit(f"check: the operator {rule['operator']} is not known here")
        if labels.get(rule["key"]) not in rule["values"]:
            return False
    return True


def selector_of(thing):
    match thing["kind"]:
        case "Service":
            return {"matchLabels": at(thing, "spec", "selector")}
        case "NetworkPolicy":
            return at(thing, "spec", "podSelector")
        case "PodDisruptionBudget" | "PodMonitor":
            return at(thing, "spec", "selector")
    return None


def volume_sources(pod):
    """What must be there before the pod can start: not what is optional."""
    for volume in pod.get("volumes", []):
        if "configMap" in volume:
            yield "ConfigMap", volume["configMap"]["name"]
        if "secret" in volume:
            yield "Secret", volume["secret"]["secretName"]
        for source in at(volume, "projected", "sources") or []:
            if not source["secret"].get("optional", False):
                yield "Secret", source["secret"]["name"]


def check_pod(thing, names):
    pod = at(thing, *POD)
    for source in volume_sources(pod):
        if source not in names:
            fault(thing, f"there is no {source[0]} {source[1]}")
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    for container in pod["containers"]:
        if not container["command"][0].startswith("muster"):
            fault(thing, f"runs {container['command'][0]}")
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                fault(thing, f"there is no volume {mount['name']}")
        if at(container, "securityContext", "readOnlyRootFilesystem") is not True:
            fault(thing, "can write to its root file system")
        if thing["kind"] == "Deployment":
            ports = {port["name"] for port in container["ports"]}
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                if at(container, probe, "httpGet", "port") not in ports:
                    fault(thing, f"has no {probe} on one of its ports")
    if at(pod, "securityContext", "runAsNonRoot") is not True:
        fault(thing, "may run as root")
    if thing["kind"] == "Deployment":
        if not selects(thing["spec"]["selector"], at(thing, "spec", "template", "metadata", "labels")):
            fault(thing, "does not select its own pods")
        if (pod.get("terminationGracePeriodSeconds") or 0) <= 30:
            fault(thing, "is killed before shutdown_grace_seconds are over")


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        things = [thing for thing in yaml.safe_load_all(file) if thing]
    names = {(thing["kind"], thing["metadata"]["name"]) for thing in things}
    deployments = [thing for thing in things if thing["kind"] == "Deployment"]
    pods = [at(thing, "spec", "template", "metadata", "labels") for thing in things if at(thing, *POD)]
    for thing in things:
        if at(thing, *POD):
            check_pod(thing, names)
        selector = selector_of(thing)
        if selector is not None and not any(selects(selector, labels) for labels in pods):
            fault(thing, "selects no pod")
        if thing["kind"] == "ServiceMonitor":
            labels = [each["metadata"]["labels"] for each in things if each["kind"] == "Service"]
            if not any(selects(thing["spec"]["selector"], each) for each in labels):
                fault(thing, "selects no service")
        if thing["kind"] == "ScaledObject" and ("Deployment", at(thing, "spec", "scaleTargetRef", "name")) not in names:
            fault(thing, "scales no deployment")
        if thing["kind"] == "TriggerAuthentication":
            for reference in thing["spec"]["secretTargetRef"]:
                if ("Secret", reference["name"]) not in names:
                    fault(thing, f"there is no Secret {reference['name']}")
    for thing in deployments:
        labels = at(thing, "spec", "template", "metadata", "labels")
        budgets = [each for each in things if each["kind"] == "PodDisruptionBudget"]
        if not any(selects(each["spec"]["selector"], labels) for each in budgets):
            fault(thing, "has no PodDisruptionBudget")
    if len(deployments) != 5:
        faults.append(f"there are {len(deployments)} deployments, not 5")
    if faults:
        raise SystemExit("\n".join(faults))
    yaml.safe_dump_all([thing for thing in things if thing["kind"] not in FOREIGN], sys.stdout, sort_keys=False)


if __name__ == "__main__":
    main()
