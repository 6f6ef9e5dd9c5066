#!/usr/bin/env bash
# Makes the Lambda functions: one native executable per stage, for provided.al2023.
#   infra/publish.sh DIR [x64|arm64]              DIR/<Stage>/bootstrap and DIR/<Stage>.zip for all six stages
#   CKI_STAGES="Watch" infra/publish.sh DIR       some of them
# The same sources give the same bytes, wherever their clone lies. Any trim or AOT warning is an error.
set -euo pipefail

directory=${1:?"usage: infra/publish.sh DIR [x64|arm64]"}
architecture=${2:-x64}
stages=${CKI_STAGES:-WebhookIntake CommitDetection PipelineTrigger JobHerding Reporting Watch}
zip_bytes_max=$((12 * 1024 * 1024))
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

die() { echo "infra/publish.sh: $*" >&2; exit 1; }

missing=()
command -v dotnet >/dev/null || missing+=("the .NET SDK (dotnet)")
command -v python3 >/dev/null || command -v zip >/dev/null || missing+=("python3 or zip")
options=()
case $architecture in
  x64)
    command -v clang >/dev/null || command -v gcc >/dev/null || missing+=("clang or gcc")
    command -v clang >/dev/null || options+=(-p:CppCompilerAndLinker=gcc)
    # On another machine than x86-64 the compiler links for a foreign one.
    [ "$(uname -m)" = x86_64 ] || die "x64 is made on x86-64 machines; here: $(uname -m)" ;;
  arm64)
    if [ "$(uname -m)" != aarch64 ]; then
      command -v clang >/dev/null || missing+=("clang")
      command -v aarch64-linux-gnu-gcc >/dev/null || missing+=("gcc-aarch64-linux-gnu")
      command -v aarch64-linux-gnu-objcopy >/dev/null || missing+=("binutils-aarch64-linux-gnu")
      [ -e /usr/aarch64-linux-gnu/include/stdlib.h ] || missing+=("libc6-dev-arm64-cross")
      options+=(-p:ObjCopyName=aarch64-linux-gnu-objcopy)
    fi ;;
  *) die "the architecture is x64 or arm64, not '$architecture'" ;;
esac
if [ ${#missing[@]} -gt 0 ]; then
  printf -v list '%s, ' "${missing[@]}"
  die "missing: ${list%, }. Debian: apt-get install clang python3; for arm64 also gcc-aarch64-linux-gnu binutils-aarch64-linux-gnu libc6-dev-arm64-cross"
fi

# Entries in order, with one time and one set of rights: nothing of the machine gets into the zip.
pack() { # pack FILE.zip DIRECTORY
  rm -f "$1"
  if command -v python3 >/dev/null; then
    python3 - "$1" "$2" <<'PYTHON'
import os, sys, zipfile
target, folder = sys.argv[1:]
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
    for name in sorted(os.listdir(folder)):
        entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
        entry.create_system, entry.compress_type = 3, zipfile.ZIP_DEFLATED
        entry.external_attr = (0o100755 if name == "bootstrap" else 0o100644) << 16
        with open(os.path.join(folder, name), "rb") as file:
            packed.writestr(entry, file.read())
PYTHON
  else
    (cd "$2" && find . -type f -exec touch -d '2020-01-01T00:00:00Z' {} + && find . -type f -printf '%P\n' | LC_ALL=C sort | TZ=UTC zip -X -9 -q -@ "$1")
  fi
}

mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
cd "$(dirname "$0")/.."
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

for stage in $stages; do
  [ -f "functions/$stage/Cki.$stage.csproj" ] || die "there is no stage '$stage'"
  started=$SECONDS
  rm -rf "${made:?}/$stage"
  dotnet publish "functions/$stage" -c Release -r "linux-$architecture" -o "$made/$stage" -v quiet -warnaserror "${options[@]}"
  rm -rf "${directory:?}/$stage"
  mkdir -p "$directory/$stage"
  install -m 755 "$made/$stage/Cki.$stage" "$directory/$stage/bootstrap"
  # WebhookIntake talks to AWS alone: five roots instead of a whole trust store (infra/ca/README.md).
  [ "$stage" != WebhookIntake ] || install -m 644 infra/ca/amazon-roots.pem "$directory/$stage/amazon-roots.pem"
  pack "$directory/$stage.zip" "$directory/$stage"
  bytes=$(stat -c %s "$directory/$stage.zip")
  [ "$bytes" -lt "$zip_bytes_max" ] || die "$stage.zip has $bytes bytes; $zip_bytes_max are the most"
  echo "$stage: $((bytes / 1024)) KB zip, linux-$architecture, $((SECONDS - started)) s, sha256 $(sha256sum "$directory/$stage.zip" | cut -c1-16)"
done
