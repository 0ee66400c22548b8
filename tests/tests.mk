# Tests, checks and proofs. Included by the Makefile.

# tests/unit/<folder>/test_<module>.c links with its folder and the ones below it only.
unit_sources = $(wildcard tests/unit/*/test_*.c)
unit_tests   = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(unit_sources))

$(BUILD)/tests/%.o: tests/%.c Makefile tests/tests.mk
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -c -o $@ $<

libs_base   = base
libs_model  = model base
libs_config = config model base
libs_poll   = poll model base
libs_snmp   = snmp model base
libs_store  = store model base
libs_rules  = rules model base
libs_views  = views model base
libs_daemon = daemon $(STAGES) model base
libs_ctl    = ctl daemon $(STAGES) model base

# net-snmp is the oracle of the codec's tests, so its library is theirs alone.
define unit_rule
$(BUILD)/tests/unit/$(1)/%: $(BUILD)/tests/unit/$(1)/%.o $(foreach f,$(libs_$(1)),$(call archive,$(f)))
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS) -lcmocka $(if $(filter snmp,$(1)),-lnetsnmp -lcrypto)
endef
$(foreach f,base model config poll snmp store rules views daemon ctl,$(eval $(call unit_rule,$(f))))

unit-%:  ## build and run one folder's unit tests, as unit-snmp
	@$(MAKE) --no-print-directory $(filter $(BUILD)/tests/unit/$*/%,$(unit_tests))
	@set -e; for t in $(filter $(BUILD)/tests/unit/$*/%,$(unit_tests)); do echo "== $$t"; $$t; done

check-layers:  ## who may include whom (src/LAYERS)
	@$(PYTHON) tests/lint/check_layers.py

.PHONY: check-layers
