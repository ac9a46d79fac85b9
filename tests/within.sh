#!/usr/bin/env bash
# Runs a command in the folder of another Debian, with its libraries and servers. The compiler and the network are those of
# this machine. tests/long calls this script in a mount namespace of its own, so only the command sees the mounts, and they
# end with it. Arguments: the folder, then the command. The command begins in the folder in which this script is called.
set -euo pipefail
folder=$1
shift
export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}

for shared in "$PWD" "$CARGO_HOME" "$RUSTUP_HOME" /proc /dev /sys; do
  mkdir -p "$folder$shared"
  mount --rbind "$shared" "$folder$shared"
done
for file in /etc/hosts /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt; do
  if [[ ! -e $file ]]; then continue; fi
  [[ -e $folder$file ]] || install -D /dev/null "$folder$file"
  mount --bind "$file" "$folder$file"
done
export PATH="$CARGO_HOME/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
exec chroot "$folder" env --chdir="$PWD" "$@"
