# Two commands matter: `make run` and `make test`. Everything else is in iria/running.
# Each line execs, so that a signal to make reaches the launcher and make waits for its end.
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

.PHONY: run test bench prove prove-small reset-demo upgrade-database

run:
	@exec sh iria/running/find-python.sh run "$$PORT"

test:
	@exec sh iria/running/find-python.sh test

bench:
	@exec sh iria/running/find-python.sh bench

prove:
	@exec sh iria/running/find-python.sh prove $$PART

prove-small:
	@exec sh iria/running/find-python.sh prove-small

reset-demo:
	@exec sh iria/running/find-python.sh reset-demo

upgrade-database:
	@exec sh iria/running/find-python.sh upgrade-database
