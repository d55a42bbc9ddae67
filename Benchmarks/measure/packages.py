# SPDX-License-Identifier: Apache-2.0
"""What a measurement needs from Debian, installed as deploy/stack installs its servers."""
import os
import subprocess

from .fleet import CHECKOUT

_SCRIPT = '. "$0/common.sh"; . "$0/packages.sh"; make_home; install_packages "$@"'


def install(home, *names):
    environment = {**os.environ, "MUSTER_HOME": str(home), "TELLER": "bench"}
    subprocess.run(["bash", "-c", _SCRIPT, CHECKOUT / "deploy" / "parts", *names], env=environment, check=True)
