# SPDX-License-Identifier: Apache-2.0
# minerwatch: `make help` lists what can be made.

BUILD := build
CC := gcc
HOSTCC := gcc
STRIP := $(patsubst %gcc,%strip,$(CC))
CLANG := clang
BPFTOOL := $(firstword $(wildcard /usr/sbin/bpftool /usr/local/sbin/bpftool) bpftool)
DESTDIR :=
PREFIX := /usr/local
# Builds and everything else that leaves files run as the user who called sudo.
AS_USER := tools/as-user

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
	-Wformat-truncation=0 -Wno-format-nonliteral
ifneq ($(CI),)
WARNINGS += -Werror
endif
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -fcf-protection
HARDENING_LD := -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(SANITIZE),1)
BUILD := build/sanitize
HARDENING := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
HARDENING_LD := -fsanitize=address,undefined
# The sanitizers' own calls (threads, personality, files of their reports) would need a list of theirs.
SANITIZED := -DSECCOMP_LEFT_OUT
endif
ifneq ($(findstring aarch64,$(shell $(CC) -dumpmachine)),)
HARDENING := $(filter-out -fcf-protection,$(HARDENING))
endif

CPPFLAGS := -D_GNU_SOURCE $(SANITIZED) -iquote include -iquote src -iquote $(BUILD)
UNIT_CPPFLAGS := -iquote tests/unit -iquote tools/tracecat
CFLAGS := -std=gnu11 -O2 -g $(WARNINGS) $(HARDENING)
LDFLAGS := $(HARDENING_LD)
# Another architecture's libraries, unpacked there: tests/kernels/arm64.
ifneq ($(SYSROOT),)
CPPFLAGS += -isystem $(SYSROOT)/usr/include
LDFLAGS += -L $(SYSROOT)/usr/lib/$(shell $(CC) -dumpmachine)
endif
LIVE_LIBS := -lbpf -lelf -lz -lsodium -ljansson -lyaml -lseccomp
CORE_LIBS := -lz -lsodium

# What only a live sensor needs; all else in src/ is the core, which replays without clang and libbpf.
LIVE := $(addprefix src/,run.c scan_report.c config.c launcher.c launcher_ask.c child_death.c privileges.c sensor.c sensor_start.c sensor_helpers.c sensor_records.c sensor_rounding.c sensor_pass.c sensor_status.c sensor_wire.c sensor_loss.c sensor_metrics.c sensor_state.c saved_state.c sensor_sinks.c sensor_health.c launcher_health.c \
	reload.c reload_child.c sensor_reload.c promises.c seccomp_filter.c seccomp_list.c seccomp_print.c seccomp_allowed.c seccomp_forbidden.c status.c status_socket.c status_ask.c requirements.c doctor.c doctor_pins.c detach.c take_pins.c exit_code.c) $(wildcard src/examiner/*.c src/metrics/*.c) \
	$(addprefix src/sinks/,sink_set.c sink_end.c line_queue.c writer_child.c) \
	$(addprefix src/sources/,live.c live_error.c live_set.c live_load.c live_start.c live_pins.c older_rings.c ring_reader.c pins.c read_kernel.c sampler.c counters.c cgroup_hierarchy.c host.c \
	canary.c canary_cgroup.c canary_play.c examiner.c content_job.c rounding.c burst.c visitor.c visitor_child.c hugepages.c payload.c sockets.c preload.c proc_listing.c)
CORE := $(filter-out src/main.c $(LIVE),$(wildcard src/*.c src/*/*.c))
RULES := $(addprefix src/rules/,allow.list digests.list donate_hosts.list options.list kernel_threads.list patterns.list schemes.list names.list \
	ports.list pools.list miner_images.list trusted_registries.list weights.conf)

CORE_OBJECTS := $(CORE:%.c=$(BUILD)/%.o) $(BUILD)/rules_embedded.o
LIVE_OBJECTS := $(LIVE:%.c=$(BUILD)/%.o)
BPF_OBJECTS := $(patsubst bpf/%.bpf.c,$(BUILD)/bpf/%.bpf.o,$(wildcard bpf/*.bpf.c))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))
STANDIN := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/standin/*.c))
GENERATE := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/live/*.c) tools/standin/uring.c tools/standin/ia32.c)
TRACECAT := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/tracecat/*.c))

# `make V=1` shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $@)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deb help image test-kernels run test test-long demo offline static install deps test-deps lint clean tools unit bench soak

## The main job
all: $(BUILD)/minerwatch ## build the sensor (what `sudo make run` does first)

run: deps ## install what is missing, build, watch this host (needs root)
	@$(AS_USER) $(MAKE) --no-print-directory all >&2 # stdout is for alerts alone
	@exec $(BUILD)/minerwatch run $(ARGS)

demo: deps ## sensor and harmless stand-in for 30 s; the alerts, readably (needs root)
	@$(AS_USER) $(MAKE) --no-print-directory all $(BUILD)/standin
	@tools/demo $(BUILD)

test: test-deps ## install, build and run every test (needs root for the live ones)
	@$(AS_USER) $(MAKE) --no-print-directory all offline static deb tools unit
	@tests/run $(BUILD)

test-long: test-deps ## the long versions: soak and fuzzing for hours
	@$(AS_USER) $(MAKE) --no-print-directory all offline static deb tools unit
	@MINERWATCH_LONG=1 tests/run $(BUILD)

soak: test-deps ## a million processes, 100,000 destinations, 10,000 cgroups: memory (needs root)
	@$(AS_USER) $(MAKE) --no-print-directory all tools
	@MINERWATCH_LONG=1 BUILD=$(BUILD) tests/live/test_soak.sh

KERNELS := 5.10=+reconcile,worlds 6.1=+cgroups 6.1:v1=+cgroups 6.12 6.16 6.17 6.18 6.19 7.0 7.1 7.2 7.3=+reconcile,worlds
test-kernels: ## tests on other kernels in QEMU: KERNELS="5.10 6.1:hybrid 6.12:arm64"
	@tools/install-deps kernels
	@$(AS_USER) $(MAKE) --no-print-directory static offline tools
	@$(AS_USER) env KERNELS="$(KERNELS)" KERNEL_JOBS=2 tests/kernels/run $(BUILD)

bench: test-deps ## cost per event, as ratios (needs root)
	@$(AS_USER) $(MAKE) --no-print-directory all $(BUILD)/standin $(BUILD)/bench-events $(BUILD)/bench-sampling $(BUILD)/bench-digests
	@tests/bench/run $(BUILD)
	@tests/bench/programs $(BUILD)
	@tests/bench/http $(BUILD)
	@tests/bench/sampling $(BUILD)
	@tests/bench/feed $(BUILD)

## Other programs
offline: $(BUILD)/minerwatch-offline ## replay only; needs neither clang nor libbpf
static: $(BUILD)/minerwatch-static ## one file without shared libraries, for FROM scratch
image: static ## the container image as a file, FROM scratch (docker-archive)
	@tools/make-image $(BUILD)
deb: static ## the Debian package: sensor, systemd unit, configuration, logrotate, completion, manual
	@tools/make-deb $(BUILD)

tools: $(BUILD)/tracecat $(BUILD)/standin $(BUILD)/generate $(BUILD)/soak $(BUILD)/pause $(BUILD)/alert-samples $(BUILD)/alert-random $(BUILD)/wallet-read $(BUILD)/socket-scan $(BUILD)/verified $(BUILD)/fault.so ## trace tool, stand-in, event generator
unit: $(UNIT_TESTS) ## the unit tests

## Around
deps: ## install the packages building needs (Debian, Ubuntu; elsewhere: says which)
	@tools/install-deps

test-deps: ## and those of the tests
	@tools/install-deps test

install: all ## install to DESTDIR/PREFIX
	install -D -m 0755 $(BUILD)/minerwatch $(DESTDIR)$(PREFIX)/sbin/minerwatch
	install -D -m 0644 tools/man/minerwatch.8 $(DESTDIR)$(PREFIX)/share/man/man8/minerwatch.8

lint: ## format, static analysis, layers
	@tools/lint

clean: ## remove what was built
	rm -rf build

help: ## this text
	@awk -F ':.*## ' '/^## /{printf "\n%s\n", substr($$0, 4)} \
		/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@printf '\n  SANITIZE=1 builds with address and undefined-behaviour sanitizers into build/sanitize\n'

# Kernel side: objects joined into one, whose skeleton the sensor embeds.
$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c $(wildcard bpf/*.h) vmlinux.h include/event.h include/canary_link.h \
		include/pinned_loss.h
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) -target bpf -O2 -g -mcpu=v2 -Wall -Wextra \
		-Wno-unused-parameter -Werror -iquote . -iquote include -iquote bpf -c $< -o $@

$(BUILD)/minerwatch.bpf.o: $(BPF_OBJECTS)
	$(call say,GEN)
	$(Q)$(BPFTOOL) gen object $@ $^

$(BUILD)/minerwatch.skel.h: $(BUILD)/minerwatch.bpf.o
	$(call say,GEN)
	$(Q)$(BPFTOOL) gen skeleton $< name minerwatch_bpf > $@

# Rules are data; they travel inside the binary.
$(BUILD)/embed: tools/embed/embed.c
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(HOSTCC) -D_GNU_SOURCE -std=gnu11 -O2 $(WARNINGS) $< -lz -o $@

$(BUILD)/rules_embedded.c: $(BUILD)/embed $(RULES)
	$(call say,GEN)
	$(Q)$(BUILD)/embed $@ $(RULES)

$(BUILD)/rules_embedded.o: $(BUILD)/rules_embedded.c
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(BUILD)/tests/tools/%.o: CPPFLAGS += $(UNIT_CPPFLAGS)
$(BUILD)/tests/live/%.o: CPPFLAGS += -iquote tools/standin

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(patsubst %,$(BUILD)/src/sources/%.o,live live_set live_load live_start live_pins counters): $(BUILD)/minerwatch.skel.h

$(BUILD)/main-offline.o: src/main.c Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -DOFFLINE -MMD -MP -c $< -o $@

$(BUILD)/core.a: $(CORE_OBJECTS)
	@rm -f $@
	$(call say,AR)
	$(Q)ar rcs $@ $^

$(BUILD)/live.a: $(LIVE_OBJECTS)
	@rm -f $@
	$(call say,AR)
	$(Q)ar rcs $@ $^

$(BUILD)/minerwatch: $(BUILD)/src/main.o $(LIVE_OBJECTS) $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ $(LIVE_LIBS) -o $@

$(BUILD)/minerwatch-offline: $(BUILD)/main-offline.o $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ $(CORE_LIBS) -o $@

$(BUILD)/minerwatch-static: $(BUILD)/src/main.o $(LIVE_OBJECTS) $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(filter-out -pie,$(LDFLAGS)) -static $^ $(LIVE_LIBS) -o $@
	$(Q)$(STRIP) $@

$(BUILD)/tracecat.a: $(filter-out %/tracecat.o,$(TRACECAT))
	@rm -f $@
	$(call say,AR)
	$(Q)ar rcs $@ $^

$(BUILD)/tracecat: $(BUILD)/tools/tracecat/tracecat.o $(BUILD)/tracecat.a $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ $(CORE_LIBS) -ljansson -o $@

$(BUILD)/standin: $(STANDIN)
	$(call say,LD)
	$(Q)$(CC) -static -pthread $^ -o $@

$(BUILD)/pause: $(BUILD)/tests/containers/pause.o
	$(call say,LD)
	$(Q)$(CC) -static $^ -o $@

$(BUILD)/alert-samples: $(BUILD)/tests/tools/alert_samples.o $(BUILD)/unit_shared.a $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ $(CORE_LIBS) -o $@

$(BUILD)/alert-random: $(BUILD)/tests/tools/alert_random.o $(BUILD)/unit_shared.a $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ $(CORE_LIBS) -o $@

$(BUILD)/wallet-read: $(BUILD)/tests/tools/wallet_read.o $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ $(CORE_LIBS) -o $@

$(BUILD)/socket-scan: tests/tools/socket_scan.c $(BUILD)/live.a $(BUILD)/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $^ $(LDFLAGS) $(LIVE_LIBS) -o $@

$(BUILD)/fault.so: tests/tools/fault.c
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -shared -fPIC -D_GNU_SOURCE -O1 $(WARNINGS) $< -ldl -o $@

$(BUILD)/soak: $(BUILD)/tests/soak/soak.o
	$(call say,LD)
	$(Q)$(CC) -static $^ -o $@

$(BUILD)/verified: tests/kernels/verified.c $(BUILD)/minerwatch.skel.h
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $< $(LDFLAGS) $(LIVE_LIBS) -o $@

$(BUILD)/generate: $(GENERATE)
	$(call say,LD)
	$(Q)$(CC) -static -pthread $^ -o $@

# What several tests share: every file of tests/unit that is no test itself.
UNIT_SHARED := $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))

$(BUILD)/unit_shared.a: $(UNIT_SHARED)
	@rm -f $@
	$(call say,AR)
	$(Q)ar rcs $@ $^

$(BUILD)/bench-events: tests/bench/events.c
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $< $(LDFLAGS) -o $@

$(BUILD)/bench-sampling: tests/bench/sampling.c $(BUILD)/live.a $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $^ $(LDFLAGS) $(LIVE_LIBS) -o $@

$(BUILD)/bench-digests: tests/bench/digests.c $(BUILD)/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $^ $(LDFLAGS) $(CORE_LIBS) -o $@

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/unit_shared.a $(BUILD)/tracecat.a $(BUILD)/live.a $(BUILD)/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(CPPFLAGS) $(UNIT_CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MMD -MP $< $(BUILD)/unit_shared.a $(BUILD)/tracecat.a $(BUILD)/live.a $(BUILD)/core.a $(LIVE_LIBS) -lcmocka -o $@

# The core's sources, for tests/fuzz/run.
list-core:
	@printf '%s\n' $(CORE) $(BUILD)/rules_embedded.c
# Parsers of the examiner that have a harness.
list-parsers:
	@printf '%s\n' $(filter-out %_child.c,$(wildcard src/examiner/*.c)) \
		src/privileges.c src/config.c src/requirements.c src/metrics/metrics_request.c
.PHONY: list-core list-parsers

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
