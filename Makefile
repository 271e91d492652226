# Two commands do everything: `make demo` and `make test`. See README.md.

# One configuration for all, so that the demonstration and the tests share one build.
swift_flags := -c release -Xswiftc -enable-testing
python := /usr/bin/python3
media := .cache/media
demo_files := .cache/mtcnn/onet/model.onnx $(media)/demo.mp4
test_files := $(demo_files) $(media)/test-media.made .cache/onnx-node-tests/test_abs/model.onnx .cache/promtool

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup build demo test bench soak-watch sanitize format lint clean toolchain demo-packages test-packages

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: test-packages $(test_files) ## install packages, convert the face detector, make the clips

# What the compiler says goes to standard error: standard output is for records.
build: toolchain demo-packages ## build the program
	@swift build $(swift_flags) --product unmask >&2

# Exit status 1 says that something manipulated was found, which is no failure here.
demo: build $(demo_files) ## scan the demonstration clip, or yours: make demo VIDEO=path-or-url
	@.build/release/unmask scan "$(or $(VIDEO),$(media)/demo.mp4)" || [ $$? -eq 1 ]

test: toolchain setup build ## set up, build and run every test
	swift build $(swift_flags) --build-tests
	$(python) -m unittest discover --start-directory Tests/Support
	swift test $(swift_flags) --skip-build

bench: build $(demo_files) ## time the model, its kernels, and one 720p frame end to end
	@swift build $(swift_flags) --product kernel-bench >&2
	.build/release/unmask model bench --layers Models/unet_v1/model.onnx
	.build/release/kernel-bench
	Benchmarks/frame.sh
	Benchmarks/Rivals/run.sh --rounds 5

soak-watch: build test-packages $(demo_files) ## what cameras and networks do to the daemon; 2,000 reconnects; many streams
	Tests/Soak/chaos.py
	Tests/Soak/reconnects.py
	Tests/Soak/load.py
	Tests/Soak/load.py --streams 64 --key-frames

# Each sanitizer needs a build of its own.
sanitize: toolchain setup ## the daemon's tests under the thread and the address sanitizer
	for kind in thread address; do \
	  swift build $(swift_flags) --sanitize=$$kind --scratch-path .build-$$kind --build-tests && \
	  swift test $(swift_flags) --sanitize=$$kind --scratch-path .build-$$kind --skip-build \
	    --filter 'WatchTests|RecordsTests|AnalysisTests' || exit 1; \
	done

format: ## format the Swift sources in place
	swift format format --in-place --recursive Package.swift Sources Tests

lint: ## report what is not formatted
	swift format lint --strict --recursive Package.swift Sources Tests

clean: ## remove what was built; .cache stays
	rm -rf .build

# What is installed

toolchain:
	@command -v swift >/dev/null || { echo "set-up: there is no swift on the PATH; install a Swift 6.3 toolchain" >&2; exit 1; }

demo-packages:
	@Scripts/install-packages.sh demo

test-packages:
	@Scripts/install-packages.sh test

# What is fetched and made, all of it below .cache

.cache/wheels/%.fetched: Scripts/wheels.txt Scripts/fetch-wheel.sh | demo-packages
	@Scripts/fetch-wheel.sh $*
	@touch $@

$(media)/astronaut.png: .cache/wheels/scikit-image.fetched
	@$(python) Scripts/unpack.py .cache/wheels/scikit_image-*.whl skimage/data/astronaut.png $@
	@touch $@

.cache/mtcnn/onet/model.onnx: .cache/wheels/mtcnn.fetched $(media)/astronaut.png Scripts/convert_mtcnn.py
	@echo "set-up: converting the face detector's weights" >&2
	@$(python) Scripts/convert_mtcnn.py .cache/wheels/mtcnn-*.whl $(media)/astronaut.png .cache/mtcnn

$(media)/demo.mp4: $(media)/astronaut.png Scripts/make_demo_clip.py
	@echo "set-up: making the demonstration clip" >&2
	@$(python) Scripts/make_demo_clip.py $< $@

$(media)/test-media.made: $(media)/astronaut.png Scripts/make-test-media.sh | test-packages
	@echo "set-up: making the clips of the tests" >&2
	@Scripts/make-test-media.sh $(media)
	@touch $@

.cache/promtool: Scripts/fetch-promtool.sh | test-packages
	@echo "set-up: taking promtool out of Debian's package" >&2
	@Scripts/fetch-promtool.sh $@
	@touch $@

.cache/onnx-node-tests/test_abs/model.onnx: .cache/wheels/onnx.fetched | test-packages
	@echo "set-up: unpacking ONNX's own operator tests" >&2
	@$(python) Scripts/unpack.py .cache/wheels/onnx-*.whl onnx/backend/test/data/node .cache/onnx-node-tests
	@touch $@
