# make install and uninstall. Included by the Makefile.
#
#   DESTDIR     a root to stage into (packages); not part of any path that is written into a file
#   PREFIX      /usr/local; a package has /usr
#   SYSCONFDIR  /etc: the sample configuration, which is never overwritten

DESTDIR    ?=
SYSCONFDIR ?= /etc
INSTALL    ?= install

sbindir     = $(DESTDIR)$(PREFIX)/sbin
bindir      = $(DESTDIR)$(PREFIX)/bin
datadir     = $(DESTDIR)$(PREFIX)/share/rollcall
docdir      = $(DESTDIR)$(PREFIX)/share/doc/rollcall
mandir      = $(DESTDIR)$(PREFIX)/share/man
bashdir     = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
zshdir      = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
systemddir  = $(DESTDIR)$(PREFIX)/lib
confdir     = $(DESTDIR)$(SYSCONFDIR)/rollcall

installed_data = $(shell find etc/profiles etc/rules -type f -name '*.yaml')
installed_mibs = $(wildcard mibs/*)
installed_docs = README.md CHANGELOG.md LICENSE $(wildcard docs/*.md)
installed_man  = $(wildcard docs/man/*.[1-8])
put            = $(INSTALL) -D -m 0644
with_paths     = sed -e 's|/usr/local/sbin/|$(PREFIX)/sbin/|g' -e 's|/usr/local/bin/|$(PREFIX)/bin/|g' -e 's|/etc/rollcall|$(SYSCONFDIR)/rollcall|g'

install: all  ## install below DESTDIR and PREFIX; a configuration that is there stays
	$(INSTALL) -D -m 0755 $(BUILD)/rollcalld $(sbindir)/rollcalld
	$(INSTALL) -D -m 0755 $(BUILD)/rollcall $(bindir)/rollcall
	@for f in $(patsubst etc/%,%,$(installed_data)); do $(put) etc/$$f $(datadir)/$$f || exit 1; done
	@for f in $(installed_mibs); do $(put) $$f $(datadir)/$$f || exit 1; done
	@for f in $(installed_docs); do $(put) $$f $(docdir)/$${f##*/} || exit 1; done
	@for f in $(installed_man); do $(put) $$f $(mandir)/man$${f##*.}/$${f##*/} || exit 1; done
	@for f in $(wildcard etc/examples/*); do \
		$(INSTALL) -D -m 0755 $$f $(docdir)/examples/$${f##*/} || exit 1; done
	$(put) etc/completion/rollcall.bash $(bashdir)/rollcall
	$(put) etc/completion/_rollcall $(zshdir)/_rollcall
	$(INSTALL) -d $(systemddir)/systemd/system $(systemddir)/sysusers.d $(systemddir)/tmpfiles.d
	@$(with_paths) etc/systemd/rollcalld.service > $(systemddir)/systemd/system/rollcalld.service
	@$(with_paths) etc/systemd/sysusers.d.conf > $(systemddir)/sysusers.d/rollcall.conf
	@$(with_paths) etc/systemd/tmpfiles.d.conf > $(systemddir)/tmpfiles.d/rollcall.conf
	@chmod 0644 $(systemddir)/systemd/system/rollcalld.service $(systemddir)/sysusers.d/rollcall.conf \
		$(systemddir)/tmpfiles.d/rollcall.conf
	@$(INSTALL) -d -m 0750 $(confdir)
	@for f in rollcall.yaml devices.yaml; do \
		if [ -e $(confdir)/$$f ]; then echo "  kept  $(confdir)/$$f"; \
		else $(INSTALL) -m 0640 etc/sample/$$f $(confdir)/$$f || exit 1; fi; done
	@[ -n "$(DESTDIR)" ] || printf '%s\n' \
		"Now, as root: systemd-sysusers; systemd-tmpfiles --create; systemctl daemon-reload" \
		"Then name your devices in $(confdir)/devices.yaml, and: systemctl enable --now rollcalld"

uninstall:  ## remove what install put; configuration, RRD files and the user stay
	rm -f $(sbindir)/rollcalld $(bindir)/rollcall $(bashdir)/rollcall $(zshdir)/_rollcall
	rm -f $(systemddir)/systemd/system/rollcalld.service $(systemddir)/sysusers.d/rollcall.conf \
		$(systemddir)/tmpfiles.d/rollcall.conf
	@for f in $(installed_man); do rm -f $(mandir)/man$${f##*.}/$${f##*/}; done
	rm -rf $(datadir) $(docdir)

.PHONY: install uninstall
