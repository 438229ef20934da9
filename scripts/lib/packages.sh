# Debian packages: what is needed, what is missing, how it is installed.
build_packages=(
  ca-certificates cmake g++ libcli11-dev libfmt-dev libfreetype-dev libgtest-dev libjpeg-dev libpng-dev
  libprotobuf-dev libssl-dev libwebp-dev make ninja-build nlohmann-json3-dev fonts-dejavu-core pkg-config
  protobuf-compiler python3 python3-pip zlib1g-dev)
test_packages=()
gate_packages=(clang-format)

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "bootstrap: error: this needs root and there is no sudo; as root, run: $*" >&2
    return 1
  fi
}

is_installed() {
  dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# apt_install PACKAGE…
apt_install() {
  echo "bootstrap: installing $*" >&2
  as_root apt-get -q -o Acquire::Retries=3 update </dev/null >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 \
    install --no-install-recommends "$@" </dev/null >&2
}

# install_packages PACKAGE…: those of them that are missing.
install_packages() {
  if ! command -v apt-get >/dev/null; then
    echo "bootstrap: no apt here; the build needs what these Debian packages hold: $*" >&2
    return
  fi
  local missing=() package
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Status} ${binary:Package}\n' "$@" 2>/dev/null \
    | sed -n 's/^installed \([^:]*\).*/\1/p' || true)
  for package in "$@"; do
    if ! grep -qxF "$package" <<<"$installed"; then missing+=("$package"); fi
  done
  if [[ ${#missing[@]} -gt 0 ]]; then apt_install "${missing[@]}"; fi
}

# Node.js, which runs exported programs in the tests. One that comes from elsewhere than Debian is as good.
install_node() {
  local missing=()
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  if [[ ${#missing[@]} -gt 0 ]] && command -v apt-get >/dev/null; then apt_install "${missing[@]}"; fi
}

# Cargo, which builds the tokenizers: 1.80 or newer.
cargo_wanted=1.80

# True where version $1 is at least version $2.
at_least() {
  [[ $(printf '%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

# The version of the cargo that the build finds (see cmake/tokenizers.cmake); nothing where there is none.
cargo_version() {
  PATH=$PATH:$HOME/.cargo/bin cargo --version 2>/dev/null | sed -n 's/^cargo \([0-9][0-9.]*\).*/\1/p' || true
}

# candidate PACKAGE: the version that apt would install.
candidate() {
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([0-9].*\)/\1/p'
}

# Debian 12 has a newer cargo beside its own, cargo-web; later releases have a cargo that will do. What is installed is
# never removed for it. Without one the build has no texts, and says so.
install_cargo() {
  if at_least "$(cargo_version)" "$cargo_wanted"; then return; fi
  if command -v apt-get >/dev/null; then
    as_root apt-get -q -o Acquire::Retries=3 update </dev/null >&2 || true
    local package
    for package in cargo-web cargo; do
      if at_least "$(candidate "$package")" "$cargo_wanted" && apt_install --no-remove ca-certificates "$package"; then return; fi
    done
  fi
  echo "bootstrap: no cargo $cargo_wanted or newer here, and none that apt could install: texts will be off" >&2
}
