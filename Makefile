# Works with GNU make and BSD make. Each target sets up what it needs.
# What is longer than a line is in scripts/.

SH = sh
FILE = assets/samples/sample.pdf
TARGET = decode_event
TIME = 60
CORPUS =
DPI = 72

.PHONY: build run test lint doc deny fuzz corpus bench bench-window bench-search install port-crates port-lint freebsd-check freebsd-selftest setup clean

# Both programs in target/release, working from there.
build:
	$(SH) scripts/build

# Builds, and opens the window: make run FILE=paper.pdf
run: build
	$(SH) scripts/run-sample "$(FILE)"

# Everything that can be tested here, as root and as an ordinary user.
test:
	$(SH) scripts/test

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

deny:
	$(SH) scripts/deny

# make fuzz TARGET=render_document TIME=600
fuzz:
	$(SH) scripts/fuzz $(TARGET) $(TIME)

# Every page of every file of a folder: make corpus CORPUS=/folder DPI=72
corpus:
	$(SH) scripts/corpus "$(CORPUS)" $(DPI)

# make bench CORPUS=/folder/of/pdfs
bench: build
	$(SH) scripts/bench $(CORPUS)

# How long until a document is on the screen, beside other viewers; scrolling at
# full speed; a document of 10,000 pages beside one of 10.
bench-window: build
	$(SH) scripts/setup bench
	python3 scripts/bench-window.py
	python3 scripts/bench-scroll.py

# Searching a document of 1000 pages, beside pdftotext and grep.
bench-search: build
	$(SH) scripts/setup bench
	cargo build --release --locked -p app --example search_costs
	python3 scripts/bench-search.py target/release/examples/search_costs

# Installs what `make build` has built: make install PREFIX=/usr DESTDIR=/stage
install:
	PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" WHAT="$(WHAT)" $(SH) scripts/install

# The crates of the FreeBSD port, from Cargo.lock.
port-crates:
	python3 scripts/port-crates.py

# Whether the FreeBSD port lists what is built and installed.
port-lint: build
	$(SH) scripts/port-lint

# Links the programs for FreeBSD, here on Debian.
freebsd-check:
	$(SH) scripts/freebsd-check

# pellucid-selftest for FreeBSD, one file: copy it to a machine, and run it.
freebsd-selftest:
	$(SH) scripts/freebsd-check selftest

# What building and testing needs, on Debian or FreeBSD.
setup:
	$(SH) scripts/setup test

clean:
	cargo clean
	rm -rf .tools
