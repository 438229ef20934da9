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
