#!/bin/sh
# Installs what the checks need and pip cannot install: as root on Debian; elsewhere it names what is missing.
# Each program with Debian's package, where that has another name.
programs="chromium-headless-shell java:default-jre-headless exiftool:libimage-exiftool-perl node:nodejs npm git nginx openssl redis-server pgbouncer shellcheck caddy wrk"

find_missing() {
    missing=
    for each in $programs; do
        name=${each%%:*}
        command -v "$name" >/dev/null || [ -x "/usr/sbin/$name" ] || missing="$missing ${each##*:}"
    done
    [ -e /usr/lib/nginx/modules/ngx_http_brotli_static_module.so ] || missing="$missing libnginx-mod-http-brotli-static"
}

find_missing
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The checks need$missing (Debian's names), which this machine lacks; install them, or run as root on Debian, where this is done for you." >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
set -e
install_missing() {
    apt-get -qq -o Acquire::Retries=5 update || return
    # shellcheck disable=SC2086 # several names
    apt-get -qq -o Acquire::Retries=5 -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $missing
}
# Another program may hold the lists of packages, and a mirror may fail for a while.
install_missing || { sleep 20; install_missing; } || { sleep 60; install_missing; }
case $missing in
# Debian starts them at once; the checks start their own.
*nginx* | *redis* | *pgbouncer* | *caddy*)
    [ ! -d /run/systemd/system ] || for each in nginx redis-server pgbouncer caddy; do
        systemctl disable --now --quiet "$each" 2>/dev/null || true
    done
    ;;
esac
