#!/usr/bin/env bash
# Builds with every analyzer and runs all tests, fast to slow. The same command for people and CI.
#   tests/run.sh            everything
#   tests/run.sh fast       decisions, stages and the house only
# Ends with a line "N passed, N failed, N skipped"; exits 0 only if nothing failed and something passed.
set -uo pipefail
cd "$(dirname "$0")/.."
export CKI_CHECK=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1

bash tests/setup.sh || exit 1
started=$SECONDS
dotnet build CkiServerless.sln -c Release -v minimal -nologo || { echo "The build failed."; exit 1; }
echo "== built in $((SECONDS - started)) s"

suites=(Cki.Tests Cki.Contract.Tests Cki.Simulation.Tests Cki.EndToEnd.Tests)
[ "${1:-}" = fast ] && suites=(Cki.Tests)

passed=0 failed=0 skipped=0 broken=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for suite in "${suites[@]}"; do
  [ -n "$(git ls-files "tests/$suite/*.cs" 2>/dev/null || true)" ] || continue
  echo "== $suite"
  started=$SECONDS
  dotnet "artifacts/bin/$suite/release/$suite.dll" -noColor -noLogo 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  # xunit's closing line: "Name  Total: 9, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1.0s"
  count() { grep -E '^ *Cki\..* Total: ' "$log" | tail -n 1 | grep -oE "$1: [0-9]+" | grep -oE '[0-9]+'; }
  total=$(count Total) e=$(count Errors) f=$(count Failed) s=$(count Skipped) n=$(count 'Not Run')
  f=$((${f:-0} + ${e:-0}))
  passed=$((passed + ${total:-0} - f - ${s:-0} - ${n:-0})) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
  # A runner that died without a summary, or failed without naming a test, is a failure too.
  if [ "$code" != 0 ] && [ "${f:-0}" = 0 ]; then broken=$((broken + 1)); fi
  echo "== $suite: exit $code, $((SECONDS - started)) s"
done

failed=$((failed + broken))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
