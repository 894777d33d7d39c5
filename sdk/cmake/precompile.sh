#!/bin/sh
# precompile.sh COMPILER ARGUMENTS: runs the compiler, and for `-o HEADER.gch` writes HEADER.gch.sum too, the checksum of
# what the header says. ccache compares that (CCACHE_PCH_EXTSUM) instead of the header itself, which g++ writes a little
# differently each time. ccache must not give out the header: it fits only the files that it was made from, by their times.
set -eu
"$@"
out=
previous=
for argument; do
  shift
  if [ "$previous" = -o ]; then
    out=$argument
    argument=$out.i
  fi
  previous=$argument
  set -- "$@" "$argument"
done
case $out in *.gch) ;; *) exit 0 ;; esac
"$@" -E -P
sha256sum <"$out.i" >"$out.sum"
rm "$out.i"
