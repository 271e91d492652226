#!/usr/bin/env bash
# Makes a Debian package of what `make install` installs.
#
#   make-deb.sh ROOT OUTPUT    ROOT is a folder that `make install DESTDIR=ROOT PREFIX=/usr` has filled
#
# What the program depends on is found out from the program itself (dpkg-shlibdeps).
set -euo pipefail
root=$(realpath "$1")
output=$(realpath -m "$2")
sources=$(dirname "$(realpath "$0")")/deb

version=$("$root/usr/bin/unmask" --version)
architecture=$(dpkg --print-architecture)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# dpkg-shlibdeps wants to stand in the source of a package.
mkdir -p "$work/debian" && printf 'Source: unmask\n\nPackage: unmask\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O -e"$root/usr/bin/unmask" 2>"$work/log" | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { cat "$work/log" >&2; echo "make-deb: the program's libraries belong to no package" >&2; exit 1; }

documents=$root/usr/share/doc/unmask
install -D -m 0644 "$sources/copyright" "$documents/copyright"
printf 'unmask (%s) unstable; urgency=medium\n\n  * See the project'"'"'s own history.\n\n -- %s  %s\n' \
  "$version" "Unmask maintainers <root@localhost>" "$(date -uR -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}")" \
  | gzip -9n >"$documents/changelog.gz"

control=$root/DEBIAN
install -d -m 0755 "$control"
for script in postinst prerm postrm; do install -m 0755 "$sources/$script" "$control/$script"; done
(cd "$root" && find etc -type f -printf '/%p\n' | sort) >"$control/conffiles"
(cd "$root" && find . -path ./DEBIAN -prune -o -type f ! -path './etc/*' -printf '%P\0' | sort -z | xargs -0 md5sum) >"$control/md5sums"
{
  sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@DEPENDS@/$depends/" "$sources/control"
  echo "Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)"
} >"$control/control"

mkdir -p "$output"
dpkg-deb --root-owner-group --build "$root" "$output/unmask_${version}_$architecture.deb"
