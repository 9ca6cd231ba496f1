#!/bin/sh
# The first process of the machine: `begin.sh FOLDER`, in namespaces of its own. It lays a throwaway layer over the
# file system of this machine, empties what a new machine does not have, and becomes the init of the new one.
set -eu
folder=$1
mount -t tmpfs -o mode=0755 tmpfs "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
root=$folder/root
for place in dev sys; do
    mount --rbind "/$place" "$root/$place"
    mount --make-rslave "$root/$place"
done
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mkdir -m 1777 "$root/run/lock"

rm -rf "$root"/srv/* "$root"/etc/postgresql/* "$root"/var/lib/postgresql/* "$root"/etc/letsencrypt "$root"/var/backups/* \
    "$root"/etc/iria.env "$root"/etc/nginx/sites-enabled/iria "$root"/etc/nginx/sites-available/iria
rm -rf "$root/root/.config" "$root/root/.pip"
rm -f "$root/etc/resolv.conf" "$root/etc/gitconfig"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
! id -u postgres > /dev/null 2>&1 || install --directory --owner=postgres --group=postgres --mode=2775 "$root/run/postgresql"
! id -u iria > /dev/null 2>&1 || chroot "$root" userdel --force iria

# Installing a package starts no service: the service manager stands in for systemd.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 0755 "$root/usr/sbin/policy-rc.d"

stand_ins=$root/opt/stand-ins
mkdir -p "$root/usr/local/bin"
cp -r "$folder-given" "$stand_ins"
cp "$stand_ins/tests/proofs/machine/certbot" "$root/usr/local/bin/certbot"
printf '#!/bin/sh\nPYTHONPATH=/opt/stand-ins exec /usr/bin/python3 -m tests.proofs.machine.systemctl "$@"\n' > "$root/usr/local/bin/systemctl"
chmod 0755 "$root/usr/local/bin/systemctl" "$root/usr/local/bin/certbot"
cp "$stand_ins/gitconfig" "$root/etc/gitconfig"
cp "$stand_ins/pip.conf" "$root/etc/pip.conf"
# Its packages were installed before, with the network of the machine below.
printf '#!/bin/sh\necho "$@" >> /var/log/stand-in/apt-get\n' > "$root/usr/local/bin/apt-get"
chmod 0755 "$root/usr/local/bin/apt-get"
mkdir -p "$root/var/log/stand-in"
printf '127.0.0.1 localhost\n::1 localhost\n127.0.0.1 www.example.org mail.example.org\n' > "$root/etc/hosts"
cat "$stand_ins/authority.pem" >> "$root/etc/ssl/certs/ca-certificates.crt"
ip link set lo up

# A shell as the first process collects every process that was left by its parent.
exec chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 PYTHONPATH=/opt/stand-ins \
    /bin/bash -c '/usr/bin/python3 -m tests.proofs.machine.service_manager & wait'
