#!/usr/bin/python3
"""Writes the configurations with which an OCI runtime runs an unpacked image, as a container engine or a kubelet would.

    image_bundle.py plain [--mount FROM:TO[:ro]]… [--entrypoint PROGRAM] UNPACKED OUTPUT ARGUMENT…
    image_bundle.py pod [--env NAME=VALUE]… [--annotation NAME=VALUE]… UNPACKED OUTPUT FILE.yaml VOLUMES

UNPACKED is what `umoci unpack` made. `plain` is a container with a read-only root and no capability. `pod` makes a configuration for
each container of the pod in FILE, OUTPUT/NAME/config.json, and prints their names in the order in which they run. VOLUMES has a directory
for each volume: configmap-NAME, secret-NAME, claim-NAME; that of an emptyDir is made there. Owners and modes become those that a kubelet
gives.
"""

import argparse
import json
import os
import pathlib
import re
import sys

import yaml

# What the default profile of containerd and Docker refuses a container without capabilities, of what programs try: namespaces, mounts,
# keys of the kernel, a look into other processes.
REFUSED = """
    acct add_key bpf chroot clock_settime delete_module fanotify_init finit_module fsconfig fsmount fsopen fspick init_module
    io_uring_enter io_uring_register io_uring_setup kcmp keyctl mount mount_setattr move_mount open_tree perf_event_open pivot_root
    quotactl reboot request_key setdomainname sethostname setns settimeofday swapoff swapon syslog umount2 unshare userfaultfd
""".split()
NEW_NAMESPACES = 0x7E020000  # the flags CLONE_NEW… of clone(2)


def refuse(names, error=1, **more):
    return {"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": error, **more}


def runtime_default():
    flags = [1 << place for place in range(32) if NEW_NAMESPACES >> place & 1]
    has = [[{"index": 0, "value": flag, "valueTwo": flag, "op": "SCMP_CMP_MASKED_EQ"}] for flag in flags]
    return {
        "defaultAction": "SCMP_ACT_ALLOW",
        # C libraries do without clone3, whose flags a filter cannot see.
        "syscalls": [refuse(REFUSED), refuse(["clone3"], error=38)] + [refuse(["clone"], args=args) for args in has],
    }


def locked(image):
    """The configuration of the image, with what all engines have in common: no capability, its own namespaces, a read-only root."""
    config = json.loads((image / "config.json").read_text())
    config["root"] = {"path": str((image / "rootfs").resolve()), "readonly": True}
    process = config["process"]
    process.update(terminal=False, noNewPrivileges=True, capabilities={})
    process["user"].pop("additionalGids", None)
    # No group of processes of its own where the machine has control groups of two kinds.
    kept = ("/proc", "/dev", "/dev/pts", "/dev/mqueue")
    config["mounts"] = [mount for mount in config["mounts"] if mount["destination"] in kept]
    config["linux"] = {
        "namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount", "network")],
        "maskedPaths": config["linux"].get("maskedPaths", []),
        "readonlyPaths": config["linux"].get("readonlyPaths", []),
    }
    memory(config, "/dev/shm", "64m")
    return config


def bind(config, source, place, read_only):
    options = ["rbind", "nosuid", "nodev", "ro" if read_only else "rw"]
    config["mounts"].append({"destination": place, "type": "bind", "source": str(source), "options": options})


def memory(config, place, size):
    config["mounts"].append(
        {"destination": place, "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777", f"size={size}"]}
    )


def write(config, directory):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "config.json").write_text(json.dumps(config, indent=1))


def plain(options):
    config = locked(options.image)
    memory(config, "/tmp", "100m")
    for mount in options.mount:
        source, place, *mode = mount.split(":")
        bind(config, source, place, mode == ["ro"])
    words = config["process"]["args"]
    config["process"]["args"] = [options.entrypoint or words[0]] + options.argument
    write(config, options.output)


class Pod:
    """The pod of a CronJob, and what a kubelet makes of it. What this class does not know, it refuses."""

    def __init__(self, options):
        documents = list(yaml.safe_load_all(options.file.read_text()))
        job = next(document for document in documents if document["kind"] == "CronJob")
        self.spec = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        self.options = options
        self.security = self.spec["securityContext"]
        policies = [document["spec"] for document in documents if document["kind"] == "NetworkPolicy"]
        self.has_network = not any("ingress" not in policy and "egress" not in policy for policy in policies)
        self.volumes = {volume["name"]: self.volume(volume) for volume in self.spec["volumes"]}

    def volume(self, volume):
        """Its directory, and whether it is read-only."""
        group = self.security["fsGroup"]
        match volume:
            case {"configMap": {"name": name}}:
                return self.options.volumes / f"configmap-{name}", True
            case {"secret": {"secretName": name, "defaultMode": mode}}:
                path = self.options.volumes / f"secret-{name}"
                for file in path.iterdir():
                    os.chown(file, 0, group)
                    file.chmod(mode | 0o040)  # fsGroup lets the group read
                return path, True
            case {"persistentVolumeClaim": {"claimName": name, **more}}:
                return self.shared(self.options.volumes / f"claim-{name}"), more.get("readOnly", False)
            case {"emptyDir": _}:
                path = self.options.volumes / f"emptydir-{volume['name']}"
                path.mkdir(exist_ok=True)
                return self.shared(path), False
        sys.exit(f"a volume of an unknown kind: {volume}")

    def shared(self, path):
        os.chown(path, 0, self.security["fsGroup"])
        path.chmod(0o2775)
        return path

    def variables(self, container):
        """Those of the container, and those of the machine that a webhook of the cluster would add."""
        values = {}
        for variable in container.get("env", []):
            match variable:
                case {"name": name, "value": value}:
                    values[name] = value
                case {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}:
                    annotation = re.fullmatch(r"metadata\.annotations\['(.+)'\]", path)[1]
                    values[name] = dict(self.options.annotation)[annotation]
                case _:
                    sys.exit(f"a variable of an unknown kind: {variable}")
        return {**values, **dict(self.options.env)}

    def container(self, container):
        security = {**self.security, **container["securityContext"]}
        config = locked(self.options.image)
        process = config["process"]
        variables = self.variables(container)
        process["env"] += [f"{name}={value}" for name, value in variables.items()]
        words = [re.sub(r"\$\((\w+)\)", lambda found: variables[found[1]], word) for word in container.get("args", [])]
        if "command" in container:
            process["args"] = container["command"] + words
        else:
            process["args"] = process["args"][:1] + words
        process["user"] = {
            "uid": security["runAsUser"],
            "gid": security["runAsGroup"],
            "additionalGids": [security["fsGroup"]],
        }
        # What the files must ask for, and `locked` gives.
        assert security["runAsNonRoot"] and security["runAsUser"] != 0, "it runs as root"
        assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"], "its root is writable"
        assert security["capabilities"] == {"drop": ["ALL"]}, "it has capabilities"
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, "it has another profile"
        config["linux"]["seccomp"] = runtime_default()
        if self.has_network:
            config["linux"]["namespaces"].remove({"type": "network"})
        for mount in container["volumeMounts"]:
            source, read_only = self.volumes[mount["name"]]
            config["mounts"] = [other for other in config["mounts"] if other["destination"] != mount["mountPath"]]
            bind(config, source, mount["mountPath"], read_only or mount.get("readOnly", False))
        write(config, self.options.output / container["name"])
        return container["image"]


def pod(options):
    pod = Pod(options)
    for container in pod.spec["initContainers"] + pod.spec["containers"]:
        image = pod.container(container)
        print(container["name"], image)


def pair(text):
    return tuple(text.split("=", 1))


parser = argparse.ArgumentParser()
commands = parser.add_subparsers(required=True)
for name, run in (("plain", plain), ("pod", pod)):
    command = commands.add_parser(name)
    command.set_defaults(run=run)
    command.add_argument("image", type=pathlib.Path)
    command.add_argument("output", type=pathlib.Path)
    if run is plain:
        command.add_argument("--mount", action="append", default=[])
        command.add_argument("--entrypoint")
        command.add_argument("argument", nargs=argparse.REMAINDER)
    else:
        command.add_argument("file", type=pathlib.Path)
        command.add_argument("volumes", type=pathlib.Path)
        command.add_argument("--env", type=pair, action="append", default=[])
        command.add_argument("--annotation", type=pair, action="append", default=[])
options = parser.parse_args()
options.run(options)
