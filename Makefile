# Works with GNU make and BSD make. Each target sets up what it needs.
# What is longer than a line is in scripts/.

SH = sh
TARGET = decode_event
TIME = 60

.PHONY: build run test lint doc deny fuzz bench freebsd-check setup clean

# Both programs in target/release, working from there.
build:
	$(SH) scripts/build

# Builds, and draws a sample of ours into target/sample-*.png.
run: build
	$(SH) scripts/run-sample

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

freebsd-check:
	$(SH) scripts/freebsd-check

# What building and testing needs, on Debian or FreeBSD.
setup:
	$(SH) scripts/setup test

clean:
	cargo clean
	rm -rf .tools
