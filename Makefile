# rollcall. `make help` lists what there is to do; everything made goes below build/.

BUILD   ?= build
ifeq ($(origin CC),default)
CC       = gcc
endif
# V=1 shows the commands.
say      = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2);)
PREFIX  ?= /usr/local
PYTHON  ?= /usr/bin/python3

PACKAGES = netsnmp libevent libevent_pthreads librrd libfyaml expat jansson libpcre2-8 libcurl sqlite3 libcrypto zlib
STAGES   = config poll play snmp store rules notify views lint
# Link order, users before what they use.
FOLDERS  = ctl daemon $(STAGES) mib model base

VERSION  = $(shell sed -n 's/^## \([0-9][^ ]*\).*/\1/p' CHANGELOG.md | head -n 1)
WARN     = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror
OPT     ?= -O2 -g
SAN     ?=
CPPFLAGS = -Isrc -D_GNU_SOURCE -DROLLCALL_VERSION='"$(VERSION)"' -DROLLCALL_DATA='"$(PREFIX)/share/rollcall"'
CFLAGS   = -std=c11 $(OPT) $(SAN) -fno-strict-aliasing -fstack-protector-strong -pthread $(WARN) $(DEP_CFLAGS)
LDFLAGS  = $(SAN) -pthread -Wl,--as-needed
# Foreign headers come in as system headers: their macros are not ours to warn about.
DEP_CFLAGS := $(patsubst -I%,-isystem %,$(filter -I%,$(shell pkg-config --cflags $(filter-out netsnmp,$(PACKAGES)) 2>/dev/null)))
LIBS    := $(shell pkg-config --libs $(filter-out netsnmp,$(PACKAGES)) 2>/dev/null) -lm

objects  = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(filter-out %/main.c,$(wildcard src/$(1)/*.c)))
archive  = $(BUILD)/lib/$(1).a
archives = $(foreach f,$(FOLDERS),$(call archive,$(f)))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/rollcalld $(BUILD)/rollcall  ## build rollcalld and rollcall into build/

$(BUILD)/rollcalld: $(BUILD)/obj/daemon/main.o $(archives)
	$(call say,LINK,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/rollcall: $(BUILD)/obj/ctl/main.o $(archives)
	$(call say,LINK,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/obj/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# An archive is made anew each time, so that a deleted source leaves no ghost.
define archive_rule
$(call archive,$(1)): $(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call say,AR,$$@)ar crsD $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call archive_rule,$(f))))

-include etc/install.mk
-include tests/tests.mk

# The names of the packages live in one place; both targets say what they install.
deps:  ## install what building and running need (Debian; apt, sudo when not root)
	@etc/install-deps build run

run: deps  ## build, start a sample device, poll it, show status (ONCE=1: end by itself)
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) ONCE=$(ONCE) $(PYTHON) tests/run/sample.py

format:  ## format all C sources in place
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:  ## remove build/
	rm -rf $(BUILD)

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z%-]+:.*  ## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(shell find $(BUILD)/obj $(BUILD)/tests -name '*.d' 2>/dev/null)

.PHONY: all deps run format clean help
