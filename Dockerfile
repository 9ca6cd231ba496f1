# The image of IRIA: `docker compose up` (docs/running-in-containers.md) builds and runs it.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
# The packages first: they change less often than the code.
COPY requirements*.txt ./
RUN python -m venv /opt/build && /opt/build/bin/pip install --quiet --require-hashes --no-deps -r requirements-build.txt
RUN python -m venv /opt/iria && /opt/iria/bin/pip install --quiet --require-hashes --no-deps -r requirements.txt
# Those that only some settings need: s3, sentry, webhooks.
ARG EXTRA_PACKAGES=""
RUN for each in $EXTRA_PACKAGES; do /opt/iria/bin/pip install --quiet --require-hashes --no-deps -r requirements-$each.txt || exit; done
COPY . .
RUN /opt/build/bin/python -m hatchling build -t wheel -d /opt/build && /opt/iria/bin/pip install --quiet --no-deps --no-index /opt/build/iria-*.whl
# No database is asked and no key is kept: these values are for this command only.
RUN cd /opt/build && STATIC_ROOT=/opt/iria/static IRIA_STATE=/opt/build/state DATABASE_URL=postgres://build/iria SECRET_KEY=$(python -c "import secrets; print(secrets.token_hex(32))") /opt/iria/bin/iria collectstatic --no-input --verbosity 0 && chmod -R a+rX /opt/iria/static
RUN /opt/iria/bin/python -m compileall -q /opt/iria/lib && /opt/iria/bin/pip uninstall --quiet --yes pip

# pg_dump and pg_restore of the version of compose.yaml, for backups, with the libraries that the next image lacks: some
# megabytes, while the package would bring Perl.
FROM postgres:18-trixie AS postgres
RUN mkdir -p /opt/postgresql/bin /opt/postgresql/lib && cd /usr/lib/postgresql/*/bin && cp pg_dump pg_restore /opt/postgresql/lib && ldd pg_dump pg_restore | awk '$3 ~ "^/" && $3 !~ "/lib(c|m|resolv)[.]so" {print $3}' | sort -u | xargs cp --dereference --target-directory=/opt/postgresql/lib && for name in pg_dump pg_restore; do printf '#!/bin/sh\nexport LD_LIBRARY_PATH=/opt/postgresql/lib\nexec /opt/postgresql/lib/%s "$@"\n' $name > /opt/postgresql/bin/$name; done && chmod 755 /opt/postgresql/bin/*

FROM python:3.13-slim-trixie AS site
RUN useradd --system --user-group --uid 10001 --home-dir /srv/iria --shell /usr/sbin/nologin iria && install --directory /srv/iria && install --directory --owner=iria --group=iria --mode=0750 /srv/iria/state /srv/iria/backups /srv/iria/uploads
COPY --from=build /opt/iria /opt/iria
COPY --from=postgres /opt/postgresql /opt/postgresql
ENV PATH=/opt/iria/bin:/opt/postgresql/bin:/usr/local/bin:/usr/bin:/bin IRIA_STATE=/srv/iria/state STATIC_ROOT=/opt/iria/static PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /srv/iria
USER iria
VOLUME /srv/iria/state /srv/iria/backups /srv/iria/uploads
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["iria", "web", "--bind=0.0.0.0:8000"]

FROM nginxinc/nginx-unprivileged:1.28 AS front
COPY iria/deployment/containers/nginx.conf /etc/nginx/nginx.conf
COPY iria/deployment/containers/front.sh /usr/share/iria/front.sh
COPY --from=build /opt/iria/static /usr/share/iria/static
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/healthz"]
CMD ["sh", "/usr/share/iria/front.sh"]
