#!/bin/bash
# as_user.sh BUILD TEST: runs TEST as an ordinary user. As root that is a uid of nobody, with copies of the
# programs in a folder that everybody can reach; else it is whoever runs this. Not the user nobody: so does
# every process look that a namespace has no map for, and a forgotten map would pass.
set -euo pipefail
build=$1 test=$2
[ "$(id -u)" = 0 ] || exec "$build/tests/$test"
copy=$(mktemp -d /tmp/hive-user-test-XXXXXX)
trap 'rm -rf -- "$copy"' EXIT
mkdir -p "$copy/libexec/hyperhive" "$copy/tests" "$copy/tmp"
cp "$build/libexec/hyperhive/hive-supervisor" "$copy/libexec/hyperhive/"
cp "$build/tests/escape" "$build/tests/$test" "$copy/tests/"
chmod -R a+rX "$copy"
chown 65533:65533 "$copy/tmp"
cd /
HIVE_TEST_BINARIES=$copy TMPDIR=$copy/tmp HOME=$copy/tmp \
  setpriv --reuid 65533 --regid 65533 --clear-groups "$copy/tests/$test"
