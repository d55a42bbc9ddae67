# SPDX-License-Identifier: Apache-2.0
"""What the kernel counts: processor time and memory of processes, and how busy the machine is."""
import os
import pathlib

TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1


def _fields(pid):
    """The fields of /proc/PID/stat after the name, which may hold blanks and brackets."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def _children(pid):
    found = []
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(each) for each in path.read_text(encoding="ascii").split()]
        except OSError:
            pass  # a thread that has just ended
    return found


def processor_seconds(pid):
    """User and system time of a process, of all below it, and of those that it has already reaped."""
    try:
        # 14 to 17 of the manual's numbering: own user and system time, and those of reaped children.
        own = sum(int(each) for each in _fields(pid)[11:15]) / TICKS
    except OSError:
        return 0.0
    return own + sum(processor_seconds(child) for child in _children(pid))


def peak_megabytes(pid):
    """The most memory that a process has ever had resident (VmHWM), in MB of 1,000,000 bytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def machine_seconds():
    """Processor time of the whole machine since boot: (busy, waiting for disks), over all cores."""
    with open("/proc/stat", encoding="ascii") as stat:
        user, nice, system, _, waiting, *interrupts = (int(each) for each in stat.readline().split()[1:9])
    return (user + nice + system + sum(interrupts)) / TICKS, waiting / TICKS


def description():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    with open("/proc/meminfo", encoding="ascii") as info:
        memory = int(info.readline().split()[1]) * 1024 / 1e9
    return f"{CORES} cores ({model}), {memory:.0f} GB, {os.uname().sysname}, load {os.getloadavg()[0]:.1f} at the start"
