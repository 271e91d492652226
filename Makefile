# Two commands do everything: `make demo` and `make test`. See README.md.

# One configuration for all, so that the demonstration and the tests share one build.
swift_flags := -c release -Xswiftc -enable-testing
python := /usr/bin/python3
media := .cache/media
demo_files := .cache/mtcnn/onet/model.onnx $(media)/demo.mp4
# What `make install` and `make deb` make; DESTDIR is put before all of it.
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
release_flags := -c release --static-swift-stdlib --scratch-path .build-static
models := $(DESTDIR)$(PREFIX)/share/unmask/models
test_files := $(demo_files) $(media)/test-media.made .cache/onnx-node-tests/test_abs/model.onnx .cache/promtool

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup build demo test bench install deb soak-scan soak-files soak-cluster soak-watch soak-service sanitize format lint clean toolchain demo-packages test-packages deb-packages

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: test-packages $(test_files) ## install packages, convert the face detector, make the clips

# What the compiler says goes to standard error: standard output is for records.
build: toolchain demo-packages ## build the program
	@swift build $(swift_flags) --product unmask >&2

# Exit status 1 says that something manipulated was found, which is no failure here.
demo: build $(demo_files) ## scan the demonstration clip, or yours, and show why: make demo VIDEO=path-or-url
	@.build/release/unmask scan --no-ledger --report .cache/demo-report "$(or $(VIDEO),$(media)/demo.mp4)" || [ $$? -eq 1 ]

test: toolchain setup build ## set up, build and run every test
	swift build $(swift_flags) --build-tests
	$(python) -m unittest discover --start-directory Tests/Support
	swift test $(swift_flags) --skip-build

bench: build $(demo_files) ## time the model, its kernels, and one 720p frame end to end
	@swift build $(swift_flags) --product kernel-bench >&2
	.build/release/unmask model bench --layers Models/effunet/model.onnx
	.build/release/unmask model bench Models/unet_v1/model.onnx
	.build/release/kernel-bench
	Benchmarks/frame.sh
	Benchmarks/Rivals/run.sh --rounds 5

soak-scan: build $(demo_files) ## kill a scan of 200 files ten times, and compare its records with an undisturbed run's
	$(python) Tests/Soak/resume_scan.py .build/release/unmask $(media)/astronaut.png

soak-files: build test-packages $(demo_files) ## scan 2,000 files that are broken or lie: no crash, no hang, no gigabyte
	$(python) Tests/Soak/hostile_files.py .build/release/unmask $(media)/astronaut.png

soak-cluster: build $(demo_files) ## the Slurm job array on a cluster of its own, with a node killed in the middle
	@Scripts/install-packages.sh cluster
	Tests/Soak/cluster.py .build/release/unmask $(media)/astronaut.png

soak-watch: build test-packages $(demo_files) ## what cameras and networks do to the daemon; 2,000 reconnects; many streams
	Tests/Soak/chaos.py
	Tests/Soak/reconnects.py
	Tests/Soak/load.py --streams 0 --seconds 5
	Tests/Soak/load.py
	Tests/Soak/load.py --streams 64 --key-frames

soak-service: deb test-packages $(demo_files) ## the package under a systemd of its own: start, reload, watchdog, stop; as root
	Tests/Soak/service.py .build-static/unmask_*.deb

# Each sanitizer needs a build of its own. What still lives when a program ends is no leak; that memory stays flat,
# soak-watch measures.
sanitize: toolchain setup .build-thread/locks.so ## the daemon's tests under the thread and the address sanitizer
	for kind in thread address; do \
	  preload=$$([ $$kind = thread ] && echo $(CURDIR)/.build-thread/locks.so); \
	  swift build $(swift_flags) --sanitize=$$kind --scratch-path .build-$$kind --build-tests && \
	  LD_PRELOAD=$$preload ASAN_OPTIONS=detect_leaks=0 swift test $(swift_flags) --sanitize=$$kind --scratch-path .build-$$kind --skip-build \
	    --filter 'WatchTests|RecordsTests|AnalysisTests' || exit 1; \
	done

.build-thread/locks.so: Tests/Support/sanitizers/mutex_for_tsan.c
	@mkdir -p $(@D)
	clang -O1 -fPIC -shared -o $@ $<

# The Swift runtime is linked into this one, so that it runs where there is no toolchain.
.build-static/release/unmask: toolchain demo-packages
	@swift build $(release_flags) --product unmask >&2

install: .build-static/release/unmask $(demo_files) ## install below PREFIX (/usr/local), and a configuration where there is none
	install -D -m 0755 --strip $< $(DESTDIR)$(PREFIX)/bin/unmask
	install -d $(models)/effunet $(models)/unet $(models)/unet_v1 $(models)/mtcnn
	cp -rL Models/effunet/. $(models)/effunet
	cp -rL Models/unet/. $(models)/unet
	cp -rL Models/unet_v1/. $(models)/unet_v1
	cp -rL .cache/mtcnn/. $(models)/mtcnn
	chmod -R u=rwX,go=rX $(models)
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/unmask/schemas Config/unmask-config.schema.json Config/unmask-record.schema.json
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/unmask README.md Config/unmask.yaml
	install -D -m 0644 systemd/unmask.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/unmask.conf
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	for unit in unmask.service unmask@.service; do \
	  sed 's#/usr/bin/unmask#$(PREFIX)/bin/unmask#' systemd/$$unit >$(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit || exit 1; \
	done
	chmod 0644 $(DESTDIR)$(PREFIX)/lib/systemd/system/unmask*.service
	[ -e $(DESTDIR)$(SYSCONFDIR)/unmask/unmask.yaml ] || install -D -m 0640 Config/unmask.yaml $(DESTDIR)$(SYSCONFDIR)/unmask/unmask.yaml

deb: deb-packages ## make a Debian package, .build-static/unmask_*.deb
	@rm -rf .build-static/deb
	@$(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/.build-static/deb PREFIX=/usr SYSCONFDIR=/etc >/dev/null
	Scripts/make-deb.sh .build-static/deb .build-static

format: ## format the Swift sources in place
	swift format format --in-place --recursive Package.swift Sources Tests

lint: ## report what is not formatted
	swift format lint --strict --recursive Package.swift Sources Tests

clean: ## remove what was built; .cache stays
	rm -rf .build .build-static .build-thread .build-address

# What is installed

toolchain:
	@command -v swift >/dev/null || { echo "set-up: there is no swift on the PATH; install a Swift 6.3 toolchain" >&2; exit 1; }

demo-packages:
	@Scripts/install-packages.sh demo

deb-packages:
	@Scripts/install-packages.sh deb

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
