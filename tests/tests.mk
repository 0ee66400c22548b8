# Tests, checks and proofs. Included by the Makefile.

# tests/unit/<folder>/test_<module>.c links with its folder and the ones below it only.
unit_sources = $(wildcard tests/unit/*/test_*.c)
unit_tests   = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(unit_sources))

$(BUILD)/tests/%.o: tests/%.c Makefile tests/tests.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -c -o $@ $<

libs_base   = base
libs_model  = model base
libs_mib    = mib model base
libs_config = config mib model base
libs_poll   = poll model base
libs_snmp   = snmp model base
libs_store  = store model base
libs_rules  = rules model base
libs_notify = notify model base
libs_views  = views model base
libs_lint   = lint model base
libs_play   = play snmp model base
libs_daemon = daemon $(STAGES) mib model base
libs_ctl    = ctl daemon $(STAGES) mib model base

# net-snmp is the oracle of the codec's tests, so its library is theirs alone.
define unit_rule
$(BUILD)/tests/unit/$(1)/%: $(BUILD)/tests/unit/$(1)/%.o $(foreach f,$(libs_$(1)),$(call archive,$(f)))
	$$(call say,LINK,$$@)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS) -lcmocka $(if $(filter snmp,$(1)),-lnetsnmp -lcrypto)
endef
$(foreach f,base model mib config poll snmp store rules notify views lint play daemon ctl,$(eval $(call unit_rule,$(f))))

# tests/scenario/test_<story>.c: sessions and pipelines on a virtual clock, with simulated agents and a sink in memory.
scenario_tests   = $(patsubst tests/scenario/%.c,$(BUILD)/tests/scenario/%,$(wildcard tests/scenario/test_*.c))
scenario_objects = $(patsubst tests/scenario/%.c,$(BUILD)/tests/scenario/%.o,$(filter-out \
	tests/scenario/test_%,$(wildcard tests/scenario/*.c)))
# Of daemon the pipeline alone: it joins the stages by seams, and needs none of those with I/O.
scenario_daemon  = $(patsubst %,$(BUILD)/obj/daemon/%.o,pipeline pipeline_reload outage)
libs_scenario    = rules poll snmp model base
$(BUILD)/tests/scenario/test_%: $(BUILD)/tests/scenario/test_%.o $(scenario_objects) $(scenario_daemon) $(foreach f,config mib $(libs_scenario),$(call archive,$(f)))
	$(call say,LINK,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

unit-scenario: $(scenario_tests)  ## build and run the scenarios
	@set -e; for t in $(scenario_tests); do echo "== $$t"; $$t; done

# tests/profiles/test_<story>.c: the shipped profiles against agents, through the same pipeline; test_profiles.c: against walks.
profiles_tests   = $(patsubst tests/profiles/%.c,$(BUILD)/tests/profiles/%,$(wildcard tests/profiles/test_*.c))
profiles_objects = $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(filter-out tests/profiles/test_%,$(wildcard tests/profiles/*.c)))
$(BUILD)/tests/profiles/test_%: $(BUILD)/tests/profiles/test_%.o $(profiles_objects) $(scenario_objects) $(scenario_daemon) $(foreach f,config mib $(libs_scenario),$(call archive,$(f)))
	$(call say,LINK,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

unit-profiles: $(profiles_tests)  ## run the shipped profiles against walks (GOLDEN=update, ONLY="apc ups")
	@set -e; for t in $(profiles_tests); do echo "== $$t"; $$t; done

unit-%:  ## build and run one folder's unit tests, as unit-snmp
	@$(MAKE) --no-print-directory $(filter $(BUILD)/tests/unit/$*/%,$(unit_tests))
	@set -e; for t in $(filter $(BUILD)/tests/unit/$*/%,$(unit_tests)); do echo "== $$t"; $$t; done

# ---- the simulated fleet ----

fleet_objects = $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(wildcard tests/fleet/*.c))

# Of snmp its digests and ciphers alone; they have tests of their own.
$(BUILD)/fleet: $(fleet_objects) $(call archive,snmp) $(call archive,base)
	$(call say,LINK,$@)$(CC) $(LDFLAGS) -o $@ $^ -lcrypto

check_programs += $(BUILD)/fleet

# ---- fuzzers ----

# tests/fuzz/fuzz_<name>.c with tests/fuzz/corpus/<name>/: replay.c runs it where there is no libFuzzer.
fuzz_names    = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz_programs = $(patsubst %,$(BUILD)/fuzz/%,$(fuzz_names))
fuzz_main     = $(if $(LIBFUZZER),,$(BUILD)/tests/fuzz/replay.o)
fuzz_seeds    = tests/fuzz/corpus/$(1) $(fuzz_seeds_$(1))
fuzz_seeds_config  = tests/golden/config
fuzz_seeds_profile = tests/golden/profiles etc/profiles
fuzz_seeds_rules   = tests/golden/rules/sets etc/rules
fuzz_seeds_mib     = tests/golden/mibs

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/input.o $(fuzz_main) \
		$(foreach f,$(STAGES) mib model base,$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(LDFLAGS) $(if $(LIBFUZZER),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

check_programs += $(fuzz_programs)

# Of each, so many mutations or seconds, whichever comes first.
fuzz_check = --command "fuzz $(1)=$(BUILD)/fuzz/$(1) -n 100000 -t 1 $(call fuzz_seeds,$(1))"

TIME ?= 60
FUZZ_SANITIZE = -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
fuzz:  ## each parser under libFuzzer, ASan and UBSan (TIME=seconds each, 60)
	@etc/install-deps build fuzz
	@$(MAKE) --no-print-directory -j2 CC=clang BUILD=$(BUILD)/libfuzzer OPT='-O1 -g' SAN='$(FUZZ_SANITIZE)' \
	    LIBFUZZER=1 fuzz-run

fuzz-run: $(fuzz_programs)
	@$(PYTHON) tests/fuzz/run.py --time $(TIME) --folder $(BUILD)/fuzz \
	    $(foreach n,$(fuzz_names),--fuzzer "$(n) $(call fuzz_seeds,$(n))")

# ---- bench and soak ----

bench: all $(BUILD)/fleet  ## what a polled value costs, on a simulated fleet (about 3 minutes)
	@BUILD=$(BUILD) $(PYTHON) tests/bench/bench.py

MINUTES ?= 10
soak: all $(BUILD)/fleet  ## an unruly fleet for MINUTES=10 (or HOURS=); fails when memory grows or anything is lost
	@BUILD=$(BUILD) $(PYTHON) tests/bench/soak.py $(if $(HOURS),--hours $(HOURS),--minutes $(MINUTES))

# ---- all of it ----

# Programs find the profiles in etc/ beside their folder; those of a folder below build/ need a link there.
ifneq ($(filter build/%,$(BUILD)),)
beside = $(dir $(BUILD))etc
$(beside):
	@ln -sfn $(CURDIR)/etc $@
check-programs bench soak: | $(beside)
endif

CHECK_ARGS = --unit $(unit_tests) $(scenario_tests) $(profiles_tests) \
	--command "layers=$(PYTHON) tests/lint/check_layers.py" \
	--command "docs=$(PYTHON) tests/lint/check_docs.py" \
	$(foreach n,$(fuzz_names),$(call fuzz_check,$(n))) \
	--pytest $(wildcard tests/integration/test_*.py)

check-deps:
	@etc/install-deps build run check

check: check-deps  ## install what the tests need and run them all
	@$(MAKE) --no-print-directory -j2 all check-programs
	@$(MAKE) --no-print-directory -j2 CC=clang BUILD=$(BUILD)/clang all
	@BUILD=$(BUILD) $(PYTHON) tests/run/check.py $(CHECK_ARGS)

check-programs: $(unit_tests) $(scenario_tests) $(profiles_tests) $(check_programs)

SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
check-asan: check-deps  ## the same tests under ASan and UBSan
	@$(MAKE) --no-print-directory -j2 BUILD=$(BUILD)/asan OPT='-O1 -g' SAN='$(SANITIZE)' check-asan-run

check-asan-run: all check-programs
	@BUILD=$(BUILD) $(PYTHON) tests/run/check.py $(CHECK_ARGS)

lint: check-deps  ## cppcheck, and the sources' format
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,portability -j2 \
	    --suppress=missingIncludeSystem --library=tests/lint/cppcheck.cfg -Isrc -DROLLCALL_VERSION='""' -DROLLCALL_DATA='""' src tests/fleet
	clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h')

check-layers:  ## who may include whom (src/LAYERS)
	@$(PYTHON) tests/lint/check_layers.py

.PHONY: unit-scenario unit-profiles fuzz fuzz-run bench soak check check-deps check-programs check-asan check-asan-run lint check-layers

# ---- documents ----

docs: all  ## write the generated parts of manual pages and completions anew
	@BUILD=$(BUILD) $(PYTHON) tests/lint/check_docs.py --update

check-docs: all  ## options, commands and keys: the same in sources, manual pages, completions and documents
	@BUILD=$(BUILD) $(PYTHON) tests/lint/check_docs.py

.PHONY: docs check-docs
