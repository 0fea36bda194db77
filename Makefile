# Works with GNU make and BSD make. Each target sets up what it needs.
# What is longer than a line is in scripts/.

SH = sh
FILE = assets/samples/sample.pdf
TARGET = decode_event
TIME = 60

.PHONY: build run test lint doc deny fuzz bench bench-window freebsd-check setup clean

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

# make bench CORPUS=/folder/of/pdfs
bench: build
	$(SH) scripts/bench $(CORPUS)

# How long until a document is on the screen, beside other viewers.
bench-window: build
	$(SH) scripts/setup bench
	python3 scripts/bench-window.py

freebsd-check:
	$(SH) scripts/freebsd-check

# What building and testing needs, on Debian or FreeBSD.
setup:
	$(SH) scripts/setup test

clean:
	cargo clean
	rm -rf .tools
