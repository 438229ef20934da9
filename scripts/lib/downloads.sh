# Pinned downloads. Each is put together in a folder of its own inside the cache, and renamed into place at the end.
partial=
trap '[[ -z $partial ]] || rm -rf "$partial"' EXIT

# begin CACHE: an empty folder in `partial`.
begin() {
  partial=$(mktemp -d "$1/.partial.XXXXXX")
}

# finish CACHE NAME: renames partial/NAME to CACHE/NAME.
finish() {
  chmod -R u+w "$1/$2" 2>/dev/null || true
  rm -rf "${1:?}/$2"
  mv "$partial/$2" "$1/$2"
  rm -rf "$partial"
  partial=
}

# verify FILE SHA256
verify() {
  local given
  given=$(sha256sum <"$1")
  if [[ ${given%% *} != "$2" ]]; then
    echo "bootstrap: error: $(basename "$1") has sha256 ${given%% *}, expected $2; nothing was kept of it" >&2
    return 1
  fi
}

# True where the build finds an ONNX Runtime that is not ours (see cmake/dependencies.cmake).
has_own_onnxruntime() {
  [[ -n ${ONNXRUNTIME_ROOT:-} ]] || { command -v dpkg-query >/dev/null && is_installed libonnxruntime-dev; }
}

# fetch_wheel NAME VERSION PLATFORM SHA256 FOLDER: the wheel as FOLDER/NAME.whl, checked.
fetch_wheel() {
  mkdir "$5/$1.wheel"
  python3 -m pip --disable-pip-version-check download -q --no-deps --only-binary=:all: --python-version 3.11 \
    --platform "$3" --dest "$5/$1.wheel" "$1==$2" </dev/null >&2
  mv "$5/$1.wheel"/*.whl "$5/$1.whl"
  verify "$5/$1.whl" "$4"
}

# unpack ARCHIVE TARGET MEMBER…: members of a zip archive, by their base names.
unpack() {
  python3 - "$@" <<'PYTHON'
import os, sys, zipfile
archive, target, *members = sys.argv[1:]
os.makedirs(target, exist_ok=True)
with zipfile.ZipFile(archive) as file:
    for member in members:
        with open(os.path.join(target, os.path.basename(member)), "wb") as out:
            out.write(file.read(member))
PYTHON
}

# The places this machine's own apt fetches its release from, one a line.
apt_places() {
  local codename
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  apt-get update --print-uris 2>/dev/null | sed -n "s#^'\(.*\)/dists/$codename/InRelease'.*#\1#p" | sort -u
}

# apt_private FOLDER ARGUMENT…: apt-get with sources, lists and cache of its own in FOLDER.
apt_private() {
  local folder=$1
  shift
  apt-get -q -o Dir::Etc::SourceList="$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache" -o Dir::State::Status=/dev/null \
    -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    -o Acquire::Retries=3 "$@" </dev/null >&2
}

# fetch_headers_from PLACE OPTIONS FOLDER: the package of ONNX Runtime's headers as FOLDER/headers.deb.
fetch_headers_from() {
  local folder=$3/apt
  rm -rf "$folder"
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/deb"
  echo "deb $2 $1 $headers_suite main" >"$folder/sources.list"
  apt_private "$folder" --error-on=any update || return 1
  (cd "$folder/deb" && apt_private "$folder" download "$headers_package=$headers_version") || return 1
  mv "$folder/deb/"*.deb "$3/headers.deb"
}

# fetch_headers FOLDER: from the machine's own mirror, of a later suite than the machine's. The signature is checked
# where the machine's keys know that suite; the pinned sha256 decides in any case.
fetch_headers() {
  if ! command -v apt-get >/dev/null; then
    echo "bootstrap: error: no apt here to fetch ONNX Runtime's headers with; set ONNXRUNTIME_ROOT" >&2
    return 1
  fi
  local place options
  while read -r place; do
    for options in "" "[trusted=yes]"; do
      if fetch_headers_from "$place" "$options" "$1" 2>"$1/apt.log"; then
        verify "$1/headers.deb" "$headers_sha256"
        return
      fi
    done
  done < <(apt_places)
  cat "$1/apt.log" >&2 || true
  echo "bootstrap: error: $headers_package $headers_version ($headers_suite) could not be fetched from this machine's" \
    "apt sources; set ONNXRUNTIME_ROOT to an ONNX Runtime of your own" >&2
  return 1
}

# fetch_onnxruntime CACHE: onnxruntime/{include,lib,LICENSE,ThirdPartyNotices.txt}.
fetch_onnxruntime() {
  if [[ -z $onnxruntime_sha256 ]]; then
    echo "bootstrap: error: no ONNX Runtime is pinned for $(uname -m); set ONNXRUNTIME_ROOT" >&2
    return 1
  fi
  echo "bootstrap: fetching ONNX Runtime $onnxruntime_version" >&2
  begin "$1"
  local out=$partial/onnxruntime library=libonnxruntime.so.$onnxruntime_version
  fetch_wheel onnxruntime "$onnxruntime_version" "$onnxruntime_platform" "$onnxruntime_sha256" "$partial"
  unpack "$partial/onnxruntime.whl" "$out/lib" "onnxruntime/capi/$library"
  unpack "$partial/onnxruntime.whl" "$out" onnxruntime/LICENSE onnxruntime/ThirdPartyNotices.txt
  ln -s "$library" "$out/lib/libonnxruntime.so.1"
  ln -s libonnxruntime.so.1 "$out/lib/libonnxruntime.so"
  fetch_headers "$partial"
  dpkg-deb -x "$partial/headers.deb" "$partial/headers"
  mv "$partial/headers/usr/include/onnxruntime" "$out/include"
  finish "$1" onnxruntime
}

# fetch_onnx_proto CACHE: onnx/onnx-ml.proto.
fetch_onnx_proto() {
  echo "bootstrap: fetching onnx-ml.proto of ONNX $onnx_version" >&2
  begin "$1"
  fetch_wheel onnx "$onnx_version" "$onnx_platform" "$onnx_sha256" "$partial"
  mkdir "$partial/onnx"
  unpack "$partial/onnx.whl" "$partial/onnx" onnx/onnx-ml.proto
  finish "$1" onnx
}

# fetch_node_modules CACHE SOURCE: node/node_modules as SOURCE/package-lock.json pins it. No install script is run:
# the CPU binaries are inside the packages.
fetch_node_modules() {
  echo "bootstrap: fetching onnxruntime-node" >&2
  begin "$1"
  mkdir "$partial/node"
  cp "$2/package.json" "$2/package-lock.json" "$2/.npmrc" "$partial/node/"
  (cd "$partial/node" && npm ci --ignore-scripts --no-audit --no-fund </dev/null >&2)
  finish "$1" node
}

# fetch_crates CRATE: what its Cargo.lock pins, where cargo keeps its downloads; no time where they are there.
fetch_crates() {
  if ! at_least "$(cargo_version)" "$cargo_wanted"; then return; fi
  PATH=$PATH:$HOME/.cargo/bin cargo fetch --quiet --locked --manifest-path "$1/Cargo.toml" </dev/null >&2 \
    || echo "bootstrap: cargo could not fetch the tokenizers' crates; -DPELLUCID_TOKENIZERS=OFF builds without texts" >&2
}

# start_tokenizers CRATE FOLDER: the crate takes longest to build, so it begins while packages and downloads arrive. The
# build waits for it, or does it itself where this comes to nothing.
start_tokenizers() {
  if compgen -G "$2/*.a" >/dev/null || ! at_least "$(cargo_version)" "$cargo_wanted"; then return; fi
  (
    cd "$1"
    PATH=$PATH:$HOME/.cargo/bin CARGO_TARGET_DIR=$2/target exec cargo build --release --locked --quiet
  ) </dev/null >/dev/null 2>&1 9>&- &
  trap "kill $! 2>/dev/null; exit 130" INT TERM
}
