# Two commands matter: `make run` and `make test`. Everything else is in iria/running.
PORT ?= 8000
PART ?=
export PORT PART

# `make prove running` is as good as `make prove PART=running`.
ifeq (prove,$(firstword $(MAKECMDGOALS)))
  ifneq (,$(word 2,$(MAKECMDGOALS)))
    PART := $(wordlist 2,99,$(MAKECMDGOALS))
    $(eval $(PART):;@:)
  endif
endif

.PHONY: run test bench prove reset-demo upgrade-database

run:
	@sh iria/running/find-python.sh run "$$PORT"

test:
	@sh iria/running/find-python.sh test

bench:
	@sh iria/running/find-python.sh bench

prove:
	@sh iria/running/find-python.sh prove $$PART

reset-demo:
	@sh iria/running/find-python.sh reset-demo

upgrade-database:
	@sh iria/running/find-python.sh upgrade-database
